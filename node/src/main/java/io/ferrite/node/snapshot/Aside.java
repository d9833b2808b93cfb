package io.ferrite.node.snapshot;

import io.ferrite.durability.rdb.RdbSink;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.function.Function;

/**
 * What writers hand over while a large entry is being written piece by piece, with their own
 * encoder: it comes behind that entry, so that nobody has to write the rest of it first. Its users
 * hold the snapshot's lock.
 */
final class Aside implements AutoCloseable {

    /** Blocks that are moved at a time: about a megabyte. */
    private static final int BLOCKS = 16;

    private final Function<RdbSink, SnapshotEncoder> maker;
    private final ArrayDeque<Block> blocks = new ArrayDeque<>();
    private SnapshotEncoder encoder;
    private boolean empty = true;

    Aside(Function<RdbSink, SnapshotEncoder> maker) {
        this.maker = maker;
    }

    boolean isEmpty() {
        return empty;
    }

    /** How many bytes were made here. */
    long written() {
        return encoder == null ? 0 : encoder.written();
    }

    /** An entry as a whole. */
    void add(int database, long entry) throws IOException {
        if (encoder == null) {
            encoder = maker.apply(this::keep);
        }
        empty = false;
        encoder.entry(database, entry);
        encoder.finish();
    }

    private void keep(long address, int length) {
        blocks.add(Block.copyOf(address, length));
    }

    /** Moves some of it behind what is written already; none of that may be open. */
    void moveSome(SnapshotEncoder into) throws IOException {
        encoder.flush();
        for (int i = 0; i < BLOCKS && !blocks.isEmpty(); i++) {
            Block block = blocks.poll();
            try {
                into.append(block.address(), block.length());
            } finally {
                block.give();
            }
        }
        empty = blocks.isEmpty();
        if (empty) {
            encoder.forgetDatabase();
            into.forgetDatabase();
        }
    }

    @Override
    public void close() {
        blocks.forEach(Block::give);
        blocks.clear();
        if (encoder != null) {
            encoder.close();
            encoder = null;
        }
    }
}
