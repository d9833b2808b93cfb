package io.ferrite.durability.aof;

import io.ferrite.durability.rdb.RdbOutput;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.memory.codec.Real;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.stream.StreamId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the parts of commands as they stand in an append-only file. One thread at a time. */
final class CommandBytes implements AutoCloseable {

    /** What is made here: the head of a word, and behind it the word, if that is made here too. */
    private static final int HEAD = 32;

    private static final int SCRATCH = HEAD + 64;

    /** Less than the output's buffer holds. */
    private static final int PART = 1 << 14;

    private static final byte[] END = {'\r', '\n'};

    private final RdbOutput out;
    private final long scratch = SharedSlab.take(SCRATCH, MemoryTag.OTHER);
    private final long made = scratch + HEAD;

    CommandBytes(RdbOutput out) {
        this.out = out;
    }

    /** Begins a command of so many words. */
    CommandBytes command(long words) throws IOException {
        head('*', words);
        return this;
    }

    /** A short word. */
    CommandBytes word(String ascii) throws IOException {
        return word(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    CommandBytes word(byte[] bytes) throws IOException {
        head('$', bytes.length);
        raw(bytes);
        out.putBytes(END);
        return this;
    }

    /** Bytes that are no part of a command. */
    void raw(byte[] bytes) throws IOException {
        for (int done = 0; done < bytes.length; done += PART) {
            out.putBytes(Arrays.copyOfRange(bytes, done, Math.min(bytes.length, done + PART)));
        }
    }

    CommandBytes word(long address, int length) throws IOException {
        beginWord(length);
        out.putBytes(address, length);
        endWord();
        return this;
    }

    CommandBytes number(long value) throws IOException {
        return word(made, Decimal.write(value, made));
    }

    CommandBytes real(double value) throws IOException {
        return word(made, Real.write(value, made));
    }

    /** The id of an entry of a stream. */
    CommandBytes id(long ms, long seq) throws IOException {
        return word(made, StreamId.write(ms, seq, made));
    }

    CommandBytes item(ListpackItem item) throws IOException {
        return item.isInteger() ? number(item.integer()) : word(item.address(), item.length());
    }

    /** A word that is written piece by piece; {@link #piece} and {@link #endWord} follow. */
    void beginWord(int length) throws IOException {
        head('$', length);
    }

    void piece(long address, int length) throws IOException {
        out.putBytes(address, length);
    }

    void endWord() throws IOException {
        out.putBytes(END);
    }

    private void head(int kind, long number) throws IOException {
        out.putByte(kind);
        out.putBytes(scratch, Decimal.write(number, scratch));
        out.putBytes(END);
    }

    @Override
    public void close() {
        SharedSlab.give(scratch, SCRATCH, MemoryTag.OTHER);
    }
}
