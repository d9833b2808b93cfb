package io.ferrite.node.replication;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.coordination.log.LogReader;
import io.ferrite.coordination.replication.History;
import io.ferrite.coordination.replication.LeaderLink;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.node.persistence.Persistence;
import io.ferrite.node.persistence.SnapshotFile;
import io.ferrite.node.snapshot.SnapshotStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One full copy of the data for one or more followers: made once, as an RDB, on a thread of its
 * own.
 *
 * <p>Streamed, it goes to the followers as it is made, between an announcement and an end mark.
 * Stored, it goes to a file first and is then sent with its length. Either way the thread waits for
 * the slowest follower, so that no more than {@link #AHEAD} bytes wait for any of them.
 */
final class FullCopy {

    /** How far the making may be ahead of the slowest follower. */
    private static final long AHEAD = 1 << 20;

    private static final int PART = 64 << 10;
    private static final long WAIT_MS = 100;

    private final LeaderSide side;
    private final SnapshotStream snapshot;
    private final long offset;
    private final History history;
    private final boolean streamed;

    /** Whether a stored copy is all of the data, and so a snapshot to keep. */
    private final boolean keepable;

    /** Snapshots that had been begun before this one. */
    private final long saves;

    private final String mark;
    private final String path;
    private final List<CopyQueue> queues = new ArrayList<>();
    private final AtomicInteger unattached;
    private final LogReader hold;
    private final long beganMs;
    private volatile boolean abandoned;

    /**
     * @param hold keeps the log from the copy's offset until every follower has its own reader
     * @param path where a stored copy is put
     */
    FullCopy(
            LeaderSide side,
            SnapshotStream snapshot,
            LogReader hold,
            History history,
            List<FollowerSession> followers,
            boolean streamed,
            boolean keepable,
            String mark,
            String path) {
        this.side = side;
        this.snapshot = snapshot;
        this.hold = hold;
        this.beganMs = side.nowMs();
        this.offset = hold.offset();
        this.history = history;
        this.streamed = streamed;
        this.keepable = keepable;
        this.saves = side.node().persistence().saver().saves();
        this.mark = mark;
        this.path = path;
        this.unattached = new AtomicInteger(followers.size());
        for (FollowerSession follower : followers) {
            queues.add(new CopyQueue(follower, this));
        }
    }

    long beganMs() {
        return beganMs;
    }

    /** Lets the followers know, then makes the copy. On the home loop. */
    void start() {
        LeaderLink.CopyForm form =
                streamed ? LeaderLink.CopyForm.STREAMED : LeaderLink.CopyForm.STORED_MAKING;
        for (CopyQueue queue : queues) {
            queue.follower().run(() -> attach(queue, form));
        }
        side.background("repl-copy", this::make);
    }

    /** The followers' links begin anew, as the history that they were promised has ended. */
    void abandon() {
        abandoned = true;
    }

    private void attach(CopyQueue queue, LeaderLink.CopyForm form) {
        FollowerSession follower = queue.follower();
        if (follower.driver().state().phase() instanceof LeaderLink.Waiting) {
            if (side.history() == history) {
                follower.takePart(queue);
                follower.driver().copyBegins(offset, form);
                feedOther(follower);
            } else {
                follower.driver().drop();
            }
        }
        if (!(follower.driver().state().phase() instanceof LeaderLink.Copying)) {
            queue.cancel();
        }
        attached();
    }

    private void attached() {
        if (unattached.decrementAndGet() == 0) {
            hold.close();
        }
    }

    /** Who takes the copy by a connection of its own gets the stream by another meanwhile. */
    private void feedOther(FollowerSession follower) {
        if (!follower.driver().state().peer().channel()) {
            return;
        }
        FollowerSession main = side.byId(follower.driver().state().peer().mainId());
        if (main == null) {
            follower.driver().drop();
            return;
        }
        unattached.incrementAndGet();
        main.run(() -> {
            main.driver().streamFrom(offset);
            attached();
        });
    }

    private void make() {
        String failure = "the copy came to no end";
        try {
            if (streamed) {
                forAll(queue -> queue.add("$EOF:" + mark + "\r\n"));
                snapshot.produce(this::hand, persistence().pace(this::isUnwanted));
            } else {
                store();
            }
            failure = isUnwanted() ? "nobody wants it any more" : null;
        } catch (IOException e) {
            failure = String.valueOf(e.getMessage());
        } finally {
            end(failure);
        }
    }

    private void end(String failure) {
        forAll(queue -> {
            if (failure != null) {
                queue.follower().run(() -> queue.follower().driver().copyFailed(failure));
                return;
            }
            if (streamed) {
                queue.add(mark);
            }
            queue.then(queue.follower().driver()::copySent);
        });
        side.copyEnded(this);
    }

    private Persistence persistence() {
        return side.node().persistence();
    }

    private void store() throws IOException {
        Disk disk = side.node().environment().disk();
        boolean lasts = false;
        try (DiskFile file = disk.open(path, Disk.Mode.CREATE)) {
            SnapshotFile files = new SnapshotFile(side.node().settings());
            if (files.write(file, snapshot, true, this::isUnwanted)) {
                // The file that is sent stays readable, whatever becomes of its name.
                lasts = keepable && SyncFiles.keepSent(side.node(), path, saves);
                sendFile(file);
            }
        } finally {
            if (!lasts) {
                disk.delete(path);
            }
        }
    }

    private void sendFile(DiskFile file) throws IOException {
        long size = file.size();
        forAll(queue -> {
            queue.then(queue.follower().driver()::copyStored);
            queue.add("$" + size + "\r\n");
        });
        long room = SharedSlab.take(PART, MemoryTag.OTHER);
        try {
            long done = 0;
            while (done < size && !isUnwanted()) {
                int length = file.read(Memory.buffer(room, PART), done);
                if (length < 0) {
                    throw new IOException("the stored copy became shorter");
                }
                hand(room, length);
                done += length;
            }
        } finally {
            SharedSlab.give(room, PART, MemoryTag.OTHER);
        }
    }

    private interface ForQueue {
        void run(CopyQueue queue);
    }

    private void forAll(ForQueue action) {
        for (CopyQueue queue : queues) {
            if (!queue.isCancelled()) {
                action.run(queue);
            }
        }
    }

    private boolean isUnwanted() {
        if (abandoned) {
            return true;
        }
        for (CopyQueue queue : queues) {
            if (!queue.isCancelled()) {
                return false;
            }
        }
        return true;
    }

    /** Gives a part to every follower, and waits until the slowest is near. */
    private void hand(long address, int length) throws IOException {
        for (int done = 0; done < length; done += PART) {
            handPart(address + done, Math.min(PART, length - done));
        }
    }

    private void handPart(long address, int length) throws IOException {
        CopyQueue.Chunk chunk = new CopyQueue.Chunk(address, length, queues.size());
        for (CopyQueue queue : queues) {
            queue.add(chunk);
        }
        synchronized (this) {
            while (slowest() > AHEAD && !isUnwanted()) {
                try {
                    wait(WAIT_MS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted", e);
                }
            }
        }
    }

    private long slowest() {
        long most = 0;
        for (CopyQueue queue : queues) {
            most = Math.max(most, queue.queuedBytes());
        }
        return most;
    }

    /** A follower took some of its queue, or is gone. */
    synchronized void taken() {
        notifyAll();
    }

    /** How many followers are still being served, for the log. */
    int served() {
        int count = 0;
        for (CopyQueue queue : queues) {
            if (!queue.isCancelled()) {
                count++;
            }
        }
        return count;
    }
}
