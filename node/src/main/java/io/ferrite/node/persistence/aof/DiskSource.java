package io.ferrite.node.persistence.aof;

import io.ferrite.base.disk.DiskFile;
import io.ferrite.coordination.log.CommandLog;
import io.ferrite.coordination.log.LogReader;
import io.ferrite.coordination.log.StreamSource;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import java.io.IOException;

/**
 * The stream for one follower from the files of the append-only file, then from the log's memory.
 *
 * <pre>
 *   EMPTY --a piece is wanted--> READING --read, aside--> READY --passed--> EMPTY
 *     '--- the log's memory holds what comes next: read there from now on, for good
 *   READING --not there, cannot be read--> CUT: the follower has to ask anew
 * </pre>
 *
 * <p>The follower's thread never waits for the disk: a piece is read by a thread of its own while
 * the source is armed. One piece of memory, whatever the distance.
 */
final class DiskSource implements StreamSource {

    private static final int PIECE = 1 << 20;

    private enum State {
        EMPTY,
        READING,
        READY,
        CUT,
        CLOSED
    }

    private final DiskBacklog backlog;
    private final CommandLog log;
    private final Runnable wake;

    /** Where it is read when the memory has been reached; on the follower's thread. */
    private volatile LogReader reader;

    private volatile State state = State.EMPTY;
    private volatile boolean armed;

    /** A thread reads; whoever ends the source meanwhile leaves its memory to that one. */
    private boolean reading;

    private volatile long offset;

    // Of the follower's thread, but while READING of the one that reads.
    private long block;
    private int at;
    private int filled;
    private DiskFile file;
    private String name;

    DiskSource(DiskBacklog backlog, CommandLog log, long offset, Runnable wake) {
        this.backlog = backlog;
        this.log = log;
        this.offset = offset;
        this.wake = wake;
    }

    /** Position of the next byte to be read. */
    long offset() {
        return offset;
    }

    @Override
    public int peek(int most) {
        LogReader now = reader;
        if (now != null) {
            return now.peek(most);
        }
        return state == State.READY ? Math.min(most, filled - at) : 0;
    }

    @Override
    public long address() {
        LogReader now = reader;
        return now != null ? now.address() : block + at;
    }

    @Override
    public void advance(int length) {
        LogReader now = reader;
        if (now != null) {
            now.advance(length);
            return;
        }
        at += length;
        offset += length;
        if (at == filled) {
            change(State.READY, State.EMPTY);
        }
    }

    @Override
    public boolean isCut() {
        LogReader now = reader;
        return now != null ? now.isCut() : state == State.CUT;
    }

    @Override
    public boolean arm(int least) {
        LogReader now = reader;
        return now != null ? now.arm(least) : arm();
    }

    @Override
    public boolean arm() {
        LogReader now = reader;
        if (now != null) {
            return now.arm();
        }
        if (state == State.EMPTY && offset >= Math.min(log.window().first(), backlog.end())) {
            goOnInMemory();
            if (reader != null) {
                return false;
            }
        }
        armed = true;
        if (beginReading()) {
            backlog.environment().background("backlog-disk", this::read);
            return true;
        }
        if (state == State.READING) {
            return true;
        }
        armed = false;
        return false;
    }

    @Override
    public long lag() {
        LogReader now = reader;
        return now == null ? 0 : now.lag();
    }

    @Override
    public void close() {
        LogReader now = reader;
        if (now != null) {
            now.close();
            return;
        }
        backlog.leave(this);
        synchronized (this) {
            state = State.CLOSED;
            if (!reading) {
                release();
            }
        }
    }

    /** The files hold another history from now on. Any thread. */
    void cut() {
        synchronized (this) {
            if (state != State.CLOSED) {
                state = State.CUT;
            }
        }
        wake.run();
    }

    private synchronized boolean change(State from, State to) {
        if (state != from) {
            return false;
        }
        state = to;
        return true;
    }

    private synchronized boolean beginReading() {
        reading = change(State.EMPTY, State.READING);
        return reading;
    }

    private void goOnInMemory() {
        LogReader next;
        try {
            next = log.openReader(offset, false, wake);
        } catch (IllegalArgumentException overtaken) {
            return; // was dropped just now: a file has it
        }
        backlog.leave(this);
        // Asked behind the opening: whoever begins another history cuts this source before.
        if (state == State.CUT) {
            next.close();
            return;
        }
        release();
        reader = next;
    }

    // --- reading, aside --------------------------------------------------------------------------

    private void read() {
        AofSpan span = backlog.find(offset);
        boolean done = false;
        if (span != null) {
            try {
                done = readFrom(span);
            } catch (IOException e) {
                backlog.lost(span, e);
            }
        }
        synchronized (this) {
            reading = false;
            if (state == State.CLOSED) {
                release();
                return;
            }
            change(State.READING, done ? State.READY : State.CUT);
        }
        if (armed) {
            armed = false;
            wake.run();
        }
    }

    private boolean readFrom(AofSpan span) throws IOException {
        if (!span.name().equals(name)) {
            closeFile();
            file = backlog.openFile(span.name());
            name = span.name();
        }
        if (block == 0) {
            block = SharedSlab.take(PIECE, MemoryTag.LOG);
        }
        long from = offset - span.offset();
        int wanted = (int) Math.min(PIECE, span.length() - from);
        at = 0;
        filled = 0;
        while (filled < wanted) {
            int read =
                    file.read(
                            Memory.buffer(block + filled, wanted - filled),
                            span.place() + from + filled);
            if (read < 0) {
                throw new IOException("the file is too short");
            }
            filled += read;
        }
        return true;
    }

    private void release() {
        if (block != 0) {
            SharedSlab.give(block, PIECE, MemoryTag.LOG);
            block = 0;
        }
        closeFile();
    }

    private void closeFile() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                backlog.lost(new AofSpan(name, offset, 0, 0), e);
            }
            file = null;
            name = null;
        }
    }
}
