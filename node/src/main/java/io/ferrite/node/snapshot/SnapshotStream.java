package io.ferrite.node.snapshot;

import io.ferrite.durability.rdb.Capture;
import io.ferrite.durability.rdb.EntryWriter;
import io.ferrite.durability.rdb.RdbOutput;
import io.ferrite.durability.rdb.RdbType;
import io.ferrite.durability.rdb.RdbWriter;
import io.ferrite.memory.codec.HashSlot;
import io.ferrite.node.ExecutionGate;
import io.ferrite.node.config.PersistenceOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Keyspace;
import io.ferrite.store.snapshot.SnapshotSink;
import io.ferrite.store.snapshot.SnapshotWalk;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A keyspace at one instant as an RDB, made while the keyspace is written.
 *
 * <pre>
 *   walk (this thread, a stripe at a time) --> encoder --> capture --+
 *                                                                    +--> compression, checksum --> consumer
 *   writers about to change an old entry ----> encoder --> capture --+         (this thread, no lock)
 * </pre>
 *
 * <p>{@link #begin} under all stripes fixes the instant; {@link #produce} on a background thread
 * walks the tables in small steps and hands the bytes to the consumer, which may take its time: the
 * walk waits for it, writers never do. Under a stripe, and under the lock of the captures, entries
 * are only copied. What writers hand over comes behind what the walk has taken, at a place where no
 * large entry is open, and is kept until then; in the worst case, with a slow consumer and every
 * key overwritten, that is the size of the snapshot.
 */
public final class SnapshotStream {

    /** Takes the bytes; they are gone when it returns. May block. */
    @FunctionalInterface
    public interface Consumer {
        void take(long address, int length) throws IOException;
    }

    /** How fast the walk goes, and whether somebody still wants it. */
    public interface Pace {

        /** Asked after each step; true ends the work early, without an exception. */
        boolean isUnwanted();

        /** How many keys one step may take. */
        default int stepKeys() {
            return STEP_ENTRIES;
        }

        /** So many keys were taken by a step that is over; may wait, no stripe is held. */
        default void stepped(long keys) {}
    }

    /**
     * What the snapshot looks like.
     *
     * @param access what is said about the use of keys
     * @param checksummed whether it ends with a checksum
     * @param compressed whether long strings are compressed
     */
    public record Form(EntryWriter.AccessForm access, boolean checksummed, boolean compressed) {

        private static final Form BARE = new Form(EntryWriter.AccessForm.NONE, false, false);

        int compressUpTo() {
            return compressed ? RdbWriter.COMPRESS_UP_TO : 0;
        }

        /** What followers are sent. */
        public static Form copy(Settings settings) {
            return new Form(
                    EntryWriter.AccessForm.NONE,
                    settings.get(PersistenceOptions.RDBCHECKSUM),
                    settings.get(PersistenceOptions.RDBCOMPRESSION));
        }
    }

    /** A snapshot without a time at its beginning. */
    public static final long NO_TIME = -1;

    private static final int STEP_ENTRIES = 128;
    private static final long STEP_BYTES = 64 << 10;
    private final Keyspace keyspace;
    private final ExecutionGate gate;
    private final Object lock = new Object();
    private final Form form;
    private final Capture walkedBytes = new Capture();
    private final SnapshotEncoder walked;

    /** What writers hand over, with an encoder of their own: they leave an open entry as it is. */
    private final Capture asideBytes = new Capture();

    private final SnapshotEncoder aside;

    /** Whether something came aside because an entry was open. */
    private boolean isAsideLate;

    private final FrozenEntries frozen;

    private SnapshotWalk walk;

    /** The slots of the keys that are wanted; null for all. */
    private IntPredicate slots;

    private volatile long keysTotal;
    private volatile long keysDone;
    private volatile long handedOverBytes;

    /** Entries that were whole before the walk came to them again. */
    private final Set<Long> finishedEarly = new HashSet<>();

    private IOException failure;

    public SnapshotStream(Keyspace keyspace, ExecutionGate gate, Form form) {
        this.keyspace = keyspace;
        this.gate = gate;
        this.frozen = new FrozenEntries(keyspace);
        this.form = form;
        this.walked = new RdbEncoder(walkedBytes, keyspace.access(), form);
        this.aside = new RdbEncoder(asideBytes, keyspace.access(), form);
    }

    private SnapshotStream(Keyspace keyspace, ExecutionGate gate, long second) {
        this.keyspace = keyspace;
        this.gate = gate;
        this.frozen = new FrozenEntries(keyspace);
        this.form = Form.BARE;
        this.walked = new CommandsEncoder(walkedBytes, second);
        this.aside = new CommandsEncoder(asideBytes, NO_TIME);
    }

    /**
     * A snapshot as commands instead of an RDB: for an append-only file.
     *
     * @param second the time to begin with, or {@link #NO_TIME}
     */
    public static SnapshotStream ofCommands(Keyspace keyspace, ExecutionGate gate, long second) {
        return new SnapshotStream(keyspace, gate, second);
    }

    /** The keys of some slots alone, as commands. */
    public static SnapshotStream ofSlots(
            Keyspace keyspace, ExecutionGate gate, IntPredicate slots) {
        SnapshotStream made = new SnapshotStream(keyspace, gate, NO_TIME);
        made.slots = slots;
        return made;
    }

    /** How many keys there were when the snapshot began. Any thread. */
    public long keysTotal() {
        return keysTotal;
    }

    /** How many of them are in it so far. Any thread. */
    public long keysDone() {
        return keysDone;
    }

    /** Bytes that writers had to hand over before they changed them. Any thread. */
    public long handedOverBytes() {
        return handedOverBytes;
    }

    /**
     * Fixes the instant. The caller holds all stripes.
     *
     * @param fields what is said about the whole, in this order
     * @param libraries the code of function libraries
     * @param withData whether there are keys in it at all
     * @return false when too many snapshots are on their way; this one is over then
     */
    public boolean begin(Map<String, String> fields, List<byte[]> libraries, boolean withData)
            throws IOException {
        if (withData) {
            walk = keyspace.startWalk(sink());
            if (walk == null) {
                release(true);
                return false;
            }
        }
        synchronized (lock) {
            walked.begin(withData ? version() : RdbType.WRITTEN, fields, libraries);
            for (int i = 0; withData && i < keyspace.databases(); i++) {
                Database database = keyspace.database(i);
                if (database.size() > 0) {
                    keysTotal += database.size();
                    walked.database(i, database.size(), database.volatileCount());
                }
            }
        }
        return true;
    }

    /** The lowest version that carries what is there now. */
    private int version() {
        for (int i = 0; i < keyspace.databases(); i++) {
            if (keyspace.database(i).timedCount() > 0) {
                return RdbType.versionOf(RdbType.HASH_METADATA);
            }
        }
        return RdbType.WRITTEN;
    }

    private SnapshotSink sink() {
        return this::entry;
    }

    /** Called under the entry's stripe, by this thread or by a writer. */
    private boolean entry(int database, long entry, boolean urgent) {
        if (slots != null
                && !slots.test(HashSlot.of(Entry.keyAddress(entry), Entry.keyLength(entry)))) {
            return true;
        }
        synchronized (lock) {
            if (failure != null) {
                return true;
            }
            try {
                if (urgent) {
                    long before = walked.written() + aside.written();
                    handOver(database, entry);
                    long written = walked.written() + aside.written() - before;
                    handedOverBytes += Math.max(written, Entry.bytes(entry));
                    keysDone++;
                    return true;
                }
                boolean whole = write(database, entry);
                if (whole) {
                    keysDone++;
                }
                return whole;
            } catch (IOException e) {
                failure = e;
                return true;
            }
        }
    }

    /** An entry that the walk has come to; false if it is to come to it again. */
    private boolean write(int database, long entry) throws IOException {
        if (finishedEarly.remove(entry)) {
            return true;
        }
        if (frozen.isOpen()) { // since this step began
            return false;
        }
        long open = walked.open();
        if (open == entry) {
            return walked.step();
        }
        if (open != 0) { // the buckets have changed since, and another one lies before it
            if (walked.step()) {
                finishedEarly.add(open);
            }
            return false;
        }
        // With one large entry behind the other, what writers left would never have its turn.
        return !isAsideLate && frozen.isEmpty() && walked.entry(database, entry);
    }

    /** An entry that is about to change: a large one is written later as it is now. */
    private void handOver(int database, long entry) throws IOException {
        if (finishedEarly.remove(entry)) {
            return;
        }
        long open = walked.open();
        if (open == entry) {
            if (!frozen.addOpen(walked)) {
                walked.finish();
            }
            return;
        }
        if (frozen.add(database, entry)) {
            return;
        }
        isAsideLate |= open != 0;
        aside.entry(database, entry);
        aside.finish();
    }

    /**
     * Writes a piece of what was frozen, if there is something; says whether the walk may go on.
     */
    private boolean isInOrder(boolean holding) throws IOException {
        boolean thaws;
        boolean inOrder;
        synchronized (lock) {
            if (frozen.isOpen() || !isAsideLate) {
                frozen.step(walked);
            }
            thaws = frozen.hasWritten();
            inOrder = frozen.isEmpty() || walked.open() != 0 && !frozen.isOpen();
        }
        if (thaws) {
            thaw(holding);
        }
        return inOrder;
    }

    private void thaw(boolean holding) {
        if (!holding) {
            gate.enter(gate.all());
        }
        try {
            synchronized (lock) {
                frozen.thaw();
            }
        } finally {
            if (!holding) {
                gate.leave(gate.all());
            }
        }
    }

    /** Writes what was captured, but for what has to wait until an open entry is whole. */
    private void pass(RdbOutput out) throws IOException {
        for (Captured next = poll(null); next != null; next = poll(next)) {
            try {
                next.piece().writeTo(out);
            } catch (IOException | RuntimeException e) {
                next.piece().give();
                throw e;
            }
        }
    }

    /** Takes back what was written, and answers what comes next, or null. */
    private @Nullable Captured poll(@Nullable Captured written) throws IOException {
        synchronized (lock) {
            if (written != null) {
                written.from().recycle(written.piece());
            }
            if (failure != null) {
                throw failure;
            }
            walked.flush();
            Capture.Piece piece = walkedBytes.poll();
            if (piece != null) {
                return new Captured(walkedBytes, piece);
            }
            if (walked.open() != 0) {
                return null;
            }
            isAsideLate = false;
            aside.flush();
            piece = asideBytes.poll();
            if (piece == null) {
                return null;
            }
            // Neither knows what the other has said about databases.
            walked.forgetDatabase();
            if (asideBytes.isEmpty()) {
                aside.forgetDatabase();
            }
            return new Captured(asideBytes, piece);
        }
    }

    /**
     * Makes the whole RDB; returns when the last byte was taken. Not on an event loop.
     *
     * @throws IOException from the consumer; the snapshot is over then
     */
    public void produce(Consumer consumer, Pace pace) throws IOException {
        produce(consumer, pace, false);
    }

    /** As {@link #produce} for a caller that holds all stripes, and keeps them. */
    public void produceHoldingAll(Consumer consumer) throws IOException {
        produce(consumer, () -> false, true);
    }

    private void produce(Consumer consumer, Pace pace, boolean holding) throws IOException {
        try (RdbOutput out =
                new RdbOutput(consumer::take, form.checksummed(), form.compressUpTo())) {
            boolean done = walk == null;
            long paced = 0;
            while (!done) {
                if (pace.isUnwanted()) {
                    return;
                }
                done = isInOrder(holding) && step(pace.stepKeys(), holding);
                pass(out);
                // Those handed over while the pace was kept are keys as the others are.
                long now = keysDone;
                pace.stepped(now - paced);
                paced = now;
            }
            pass(out);
            while (!isInOrder(holding)) {
                pass(out);
            }
            pass(out);
            walked.end(out);
        } finally {
            release(holding);
        }
    }

    /** Ends a snapshot that nobody wants; in place of {@link #produce}. Not on an event loop. */
    public void discard() {
        release(false);
    }

    private boolean step(int keys, boolean holding) {
        if (holding) {
            return walk.step(keys, STEP_BYTES);
        }
        int stripe = walk.stripe();
        gate.enterOne(stripe);
        try {
            return walk.step(keys, STEP_BYTES);
        } finally {
            gate.leaveOne(stripe);
        }
    }

    /** Ends the walk, whether it came to its end or not, and gives everything back. */
    private void release(boolean holding) {
        if (walk != null && !walk.isFinished()) {
            walk.abandon();
            while (!step(STEP_ENTRIES, holding)) {
                Thread.onSpinWait();
            }
        }
        boolean thaws;
        synchronized (lock) {
            failure = failure == null ? new IOException("the snapshot is over") : failure;
            walked.close();
            aside.close();
            walkedBytes.close();
            asideBytes.close();
            frozen.abandon();
            thaws = frozen.hasWritten();
        }
        if (thaws) {
            thaw(holding);
        }
    }

    private record Captured(Capture from, Capture.Piece piece) {}
}
