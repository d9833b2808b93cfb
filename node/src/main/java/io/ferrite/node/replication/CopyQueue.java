package io.ferrite.node.replication;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What one follower still has to get of a copy. Filled by the thread that makes the copy, emptied
 * on the follower's event loop as its connection takes it; the maker waits for the slowest.
 */
final class CopyQueue {

    private static final MemoryTag TAG = MemoryTag.OTHER;

    /** Bytes of a copy that several followers get. */
    static final class Chunk {
        private final long address;
        private final int length;
        private final AtomicInteger users;

        Chunk(long source, int length, int users) {
            this.address = SharedSlab.take(length, TAG);
            this.length = length;
            this.users = new AtomicInteger(users);
            Memory.copy(source, address, length);
        }

        int length() {
            return length;
        }

        void release() {
            if (users.decrementAndGet() == 0) {
                SharedSlab.give(address, length, TAG);
            }
        }
    }

    private sealed interface Item {}

    private record Part(Chunk chunk) implements Item {}

    private record Text(String text) implements Item {}

    private record Then(Runnable action) implements Item {}

    private final FollowerSession follower;
    private final FullCopy maker;
    private final ArrayDeque<Item> items = new ArrayDeque<>();
    private long queuedBytes;
    private boolean cancelled;

    CopyQueue(FollowerSession follower, FullCopy maker) {
        this.follower = follower;
        this.maker = maker;
    }

    FollowerSession follower() {
        return follower;
    }

    synchronized boolean isCancelled() {
        return cancelled;
    }

    synchronized long queuedBytes() {
        return queuedBytes;
    }

    /** More of the copy; a share of the chunk is released when it was sent. Any thread. */
    void add(Chunk chunk) {
        synchronized (this) {
            if (cancelled) {
                chunk.release();
                return;
            }
            items.add(new Part(chunk));
            queuedBytes += chunk.length();
        }
        follower.run(this::deliver);
    }

    /** Text between the parts: headers and the end mark. Any thread. */
    void add(String text) {
        put(new Text(text));
    }

    /** Something to be done when everything before was sent. Any thread. */
    void then(Runnable action) {
        put(new Then(action));
    }

    private void put(Item item) {
        synchronized (this) {
            if (cancelled) {
                return;
            }
            items.add(item);
        }
        follower.run(this::deliver);
    }

    /** Sends what the connection takes. On the follower's thread. */
    void deliver() {
        boolean sent = false;
        while (follower.isWritable()) {
            Item item;
            synchronized (this) {
                item = items.poll();
                if (item instanceof Part part) {
                    queuedBytes -= part.chunk().length();
                }
            }
            if (item == null) {
                break;
            }
            sent = true;
            switch (item) {
                case Part part -> {
                    follower.driver().copy(part.chunk().address, part.chunk().length());
                    part.chunk().release();
                }
                case Text text ->
                        follower.driver().copy(text.text().getBytes(StandardCharsets.US_ASCII));
                case Then then -> then.action().run();
            }
        }
        if (sent) {
            follower.driver().taken();
            follower.flush();
            maker.taken();
        }
    }

    /** The follower is gone. */
    void cancel() {
        synchronized (this) {
            cancelled = true;
            for (Item item : items) {
                if (item instanceof Part part) {
                    part.chunk().release();
                }
            }
            items.clear();
            queuedBytes = 0;
        }
        maker.taken();
    }
}
