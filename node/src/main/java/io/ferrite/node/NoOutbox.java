package io.ferrite.node;

import io.ferrite.engine.Outbox;
import io.ferrite.resp.ReplyWriter;
import java.util.function.Consumer;

/** Nobody listens to what units of our own reply. */
final class NoOutbox implements Outbox {
    @Override
    public void push(byte[] message) {}

    @Override
    public void answer(Consumer<ReplyWriter> reply) {}

    @Override
    public void run(Runnable action) {
        action.run();
    }

    @Override
    public void close(boolean flush) {}

    @Override
    public long pendingBytes() {
        return 0;
    }
}
