package io.ferrite.node.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.replication.LeaderDriver;
import io.ferrite.engine.Outbox;
import io.ferrite.engine.Session;
import io.ferrite.node.Node;
import io.ferrite.node.ReplyHold;
import io.ferrite.node.SimulatedNode;
import io.ferrite.node.config.LeaderAddress;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replies that wait until a follower has what they confirm. */
final class AckHoldTest {

    private static final LeaderAddress OTHER = new LeaderAddress("other", 6379);

    private SimulatedNode server;
    private Replication replication;

    @BeforeEach
    void start() {
        Settings settings = new Settings();
        settings.put(ReplicationOptions.REPLICATION_ACK, 1L);
        server = new SimulatedNode(new SimulatedDisk(SimulatedNode.DIRECTORY), settings);
        assertThat(server.start()).isTrue();
        replication = server.node().replication();
        Node node = server.node();
        node.gate().enter(node.gate().all());
        try {
            replication.activateLog();
        } finally {
            node.gate().leave(node.gate().all());
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    /** A follower that goes on from where the log is. */
    private LeaderDriver follower() {
        Wire wire = new Wire();
        Session session = new Session(wire, "127.0.0.1:7", "127.0.0.1:8", 0);
        wire.closed = () -> replication.leaderSide().linkOf(session).closed();
        String next = Long.toString(replication.offset() + 1);
        replication.leaderSide().psync(session, replication.history().id(), next);
        return replication.leaderSide().linkOf(session).driver();
    }

    /** The reply to a write that ends where the log does. */
    private Reply reply() {
        Session client = new Session(new Wire(), "127.0.0.1:9", "127.0.0.1:8", 0);
        Reply reply = new Reply();
        reply.held = replication.acks().hold(client, 0, replication.offset(), reply);
        return reply;
    }

    @Test
    void aReplyWaitsForItsFollower() {
        LeaderDriver follower = follower();
        server.run("SET key value");
        Reply reply = reply();
        assertThat(reply.held).isTrue();
        assertThat(reply.isReleased).isFalse();
        follower.replconf(List.of("ACK", Long.toString(replication.offset())));
        assertThat(reply.isReleased).isTrue();
        assertThat(reply.error).isNull();
    }

    @Test
    void aReplyThatWaitsWhenTheLeadIsLost_isUnconfirmed() {
        follower();
        server.run("SET key value");
        Reply reply = reply();
        replication.follow(OTHER, () -> {});
        assertThat(reply.isReleased).isFalse();
        assertThat(reply.error).isEqualTo(AckHold.UNCONFIRMED);
    }

    @Test
    void whatFollowersHadOfAnotherHistory_confirmsNothingOfThisOne() {
        LeaderDriver follower = follower();
        for (int i = 0; i < 10; i++) {
            server.run("SET key " + i);
        }
        assertThat(reply().held).isTrue();
        long end = replication.offset();
        follower.replconf(List.of("ACK", Long.toString(end)));
        assertThat(reply().held).isFalse();

        replication.follow(OTHER, () -> {});
        replication.dropFollowers();
        replication.adopt("f".repeat(40), 5);
        replication.lead(() -> {});
        server.run("SET key value");
        assertThat(replication.offset()).isLessThan(end);
        Reply reply = reply();
        assertThat(reply.held).isTrue();
        assertThat(reply.isReleased).isFalse();
    }

    private static final class Reply implements ReplyHold.Held {
        private boolean held;
        private boolean isReleased;
        private String error;

        @Override
        public void release(long offset) {
            isReleased = true;
        }

        @Override
        public void fail(String text) {
            error = text;
        }
    }

    /** A connection whose other end takes everything. */
    private static final class Wire implements Outbox, Outbox.Stream {
        private Runnable closed = () -> {};

        @Override
        public Outbox.Stream stream() {
            return this;
        }

        @Override
        public void push(byte[] message) {}

        @Override
        public void answer(Consumer<ReplyWriter> reply) {}

        @Override
        public void run(Runnable action) {
            action.run();
        }

        @Override
        public void close(boolean flush) {
            closed.run();
        }

        @Override
        public long pendingBytes() {
            return 0;
        }

        @Override
        public void send(byte[] bytes) {}

        @Override
        public void send(long address, int length) {}

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void flush() {}
    }
}
