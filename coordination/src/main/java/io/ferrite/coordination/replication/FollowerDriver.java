package io.ferrite.coordination.replication;

import io.ferrite.coordination.replication.FollowerLink.Input;
import io.ferrite.coordination.replication.FollowerLink.State;
import io.ferrite.memory.Memory;
import java.nio.charset.StandardCharsets;

/**
 * Performs what {@link FollowerLink} decides: the only part of the follower's end that touches
 * bytes.
 *
 * <p>Connections are told apart by a number that {@link Transport#connect} is given and that every
 * report names again, so that late news of an old connection is recognised and dropped.
 *
 * <p>One thread at a time; {@link #state} may be read by any.
 */
public final class FollowerDriver {

    /** The way to the leader. None of the methods calls back before it returns. */
    public interface Transport {

        /**
         * Begins to connect; reports {@link #opened} or {@link #closed} with {@code number} later.
         */
        void connect(int number, String host, int port);

        void send(byte[] bytes);

        /** As {@link #connect}, for the copy; reports {@link #channelOpened} and its like. */
        void openChannel(int number, String host, int port);

        void sendByChannel(byte[] bytes);

        void closeChannel();

        /** Ends the connection, standing or not, without a report. */
        void disconnect();

        /** What was not consumed shall be presented again. */
        void presentAgain();
    }

    /** The server around the link. */
    public interface Host {
        long nowMs();

        FollowerLink.Settings settings();

        /** Bytes of the stream that the data stands for. */
        long applied();

        /** Behind the last of them that carries data, rather than being a PING. */
        long dataEnd();

        /** How many of them the files hold durably, -1 without such files. */
        long fsynced();

        /** Whether there is a key. */
        boolean hasData();

        /** Keeps the log from {@code from} on, of the stream of that name, beside the data. */
        void saveDivergence(String id, long from);

        /** Why the leader is not followed, lest data be lost; null when it is. */
        void refused(String reason);

        /**
         * A copy begins; {@code total} is 0 if its length is not known. Answers whether it is
         * loaded as it comes, rather than stored first.
         */
        boolean payloadBegins(long total, boolean marked);

        void payload(long address, int length);

        void payload(byte[] bytes, int length);

        /** Why the copy cannot be stored any further, or null. */
        String payloadFailure();

        void abandonPayload();

        /** The copy is complete: load it, then report {@link #loaded} or {@link #loadFailed}. */
        void load();

        /**
         * The data is the leader's at {@code offset} (id null, offset -1: a leader without
         * offsets).
         */
        void adopt(String id, long offset);

        /**
         * The stream goes on under {@code id} at {@code from}: {@link #applied}, or a place between
         * {@link #dataEnd} and there, and then it is taken back to that place.
         */
        void continueAs(String id, long from);

        /**
         * Keeps what comes of the stream before the copy is there; returns how many bytes were
         * taken, all or none.
         */
        int hold(long address, int length);

        /** What is kept is of no use. */
        void dropHeld();

        /** Applies the stream; returns how many bytes were used. */
        int stream(long address, int length);

        void takeoverAnswered(boolean accepted);

        void stateChanged(State before, State after);

        void note(Level level, String text);
    }

    /** Answers of the handshake are short; a longer line comes from something else. */
    private static final int LINE_MAX = 4096;

    private final Transport transport;
    private final Host host;
    private volatile State state = new FollowerLink.Off();
    private volatile PayloadFrame frame;
    private volatile long heardMs;
    private int number;
    private int channelNumber;

    private final PayloadFrame.Sink payloadSink =
            new PayloadFrame.Sink() {
                @Override
                public void content(long address, int length) {
                    host.payload(address, length);
                }

                @Override
                public void content(byte[] bytes, int length) {
                    host.payload(bytes, length);
                }
            };

    public FollowerDriver(Transport transport, Host host) {
        this.transport = transport;
        this.host = host;
    }

    /** Any thread. */
    public State state() {
        return state;
    }

    /** When the leader was last heard. Any thread. */
    public long heardMs() {
        return heardMs;
    }

    /** The copy that is being received, null if none is. Any thread. */
    public ReplicationView.Transfer transfer(long nowMs) {
        PayloadFrame now = frame;
        if (!(state instanceof FollowerLink.Receiving || state instanceof FollowerLink.Loading)) {
            return null;
        }
        if (now == null || !now.hasBegun()) {
            return new ReplicationView.Transfer(-1, 0, seconds(nowMs));
        }
        return new ReplicationView.Transfer(now.total(), now.received(), seconds(nowMs));
    }

    private long seconds(long nowMs) {
        return (nowMs - heardMs) / 1000;
    }

    // --- told by the server ----------------------------------------------------------------------

    /** Follow this leader, going on with the own data's stream if {@code resume} names one. */
    public void follow(FollowerLink.Target target, FollowerLink.Resume resume) {
        feed(new FollowerLink.Follow(target, resume));
    }

    /** Follow nobody. */
    public void unfollow() {
        feed(new FollowerLink.Unfollow());
    }

    public void loaded() {
        feed(new FollowerLink.Loaded());
        transport.presentAgain();
    }

    /** The copy that comes in is of no use. */
    public void payloadRefused(String reason) {
        feed(new FollowerLink.PayloadRefused(reason));
    }

    public void loadFailed(String reason) {
        feed(new FollowerLink.LoadFailed(reason));
    }

    /** The stream asks for an acknowledgement. */
    public void ackRequested() {
        feed(new FollowerLink.AckRequested());
    }

    public void tick() {
        feed(new FollowerLink.Tick());
    }

    /** The link does something that cannot go on: begins anew. */
    public void breakLink(String reason) {
        transport.disconnect();
        number++;
        feed(new FollowerLink.Broken(reason));
    }

    /** Whether the connection of that number is the one in use. */
    public boolean isCurrent(int connection) {
        return connection == number;
    }

    // --- told by the connection ------------------------------------------------------------------

    public void opened(int connection) {
        if (connection == number) {
            feed(new FollowerLink.Opened());
        }
    }

    public void closed(int connection, String reason) {
        if (connection == number) {
            feed(new FollowerLink.Broken(reason));
        }
    }

    public boolean isCurrentChannel(int connection) {
        return connection == channelNumber;
    }

    public void channelOpened(int connection) {
        if (connection == channelNumber) {
            feed(new FollowerLink.ChannelOpened());
        }
    }

    public void channelClosed(int connection, String reason) {
        if (connection == channelNumber) {
            feed(new FollowerLink.ChannelBroken(reason));
        }
    }

    /** As {@link #received}, by the connection for the copy. */
    public int channelReceived(int connection, long address, int length) {
        if (connection == channelNumber) {
            heardMs = host.nowMs();
        }
        int used = 0;
        while (used < length && connection == channelNumber) {
            int part =
                    switch (state) {
                        case FollowerLink.Pairing p -> line(address + used, length - used, true);
                        case FollowerLink.Receiving r -> payload(address + used, length - used);
                        default -> length - used;
                    };
            if (part == 0) {
                break;
            }
            used += part;
        }
        return connection == channelNumber ? used : length;
    }

    /** Bytes from the leader; returns how many were used, the rest is to be presented again. */
    public int received(int connection, long address, int length) {
        if (connection != number) {
            return length;
        }
        heardMs = host.nowMs();
        int used = 0;
        while (used < length && connection == number) {
            int part = consume(address + used, length - used);
            if (part == 0) {
                break;
            }
            used += part;
        }
        return connection == number ? used : length;
    }

    private int consume(long address, int length) {
        return switch (state) {
            case FollowerLink.Greeting g -> line(address, length, false);
            case FollowerLink.Introducing i -> line(address, length, false);
            case FollowerLink.Inspecting i -> line(address, length, false);
            case FollowerLink.Asking a -> line(address, length, false);
            case FollowerLink.Pairing p -> host.hold(address, length);
            case FollowerLink.Receiving r when r.channel() -> host.hold(address, length);
            case FollowerLink.Receiving r -> payload(address, length);
            case FollowerLink.Loading l when l.channel() -> host.hold(address, length);
            case FollowerLink.Streaming s -> host.stream(address, length);
            // Loading: what comes now is the stream behind the copy; it waits.
            default -> 0;
        };
    }

    private int line(long address, int length, boolean channel) {
        int end = 0;
        while (end < length && Memory.getByte(address + end) != '\n') {
            end++;
        }
        if (end == length) {
            if (length > LINE_MAX) {
                breakLink("answer without an end");
            }
            return 0;
        }
        int text = end > 0 && Memory.getByte(address + end - 1) == '\r' ? end - 1 : end;
        String line = new String(Memory.toBytes(address, text), StandardCharsets.ISO_8859_1);
        feed(channel ? new FollowerLink.ChannelLine(line) : new FollowerLink.Line(line));
        return end + 1;
    }

    private int payload(long address, int length) {
        PayloadFrame f = frame;
        int used = 0;
        if (!f.hasBegun()) {
            used = f.header(address, length);
            if (f.refusal() != null) {
                feed(new FollowerLink.PayloadRefused(f.refusal()));
                return used;
            }
            if (!f.hasBegun()) {
                return used;
            }
            boolean straight = host.payloadBegins(f.total(), f.isMarked());
            host.note(Level.NOTICE, beginning(f, straight));
        }
        if (used < length && !f.isComplete()) {
            used += f.content(address + used, length - used, payloadSink);
        }
        String failure = host.payloadFailure();
        if (failure != null) {
            feed(new FollowerLink.PayloadRefused(failure));
        } else if (f.isComplete()) {
            feed(new FollowerLink.PayloadComplete(f.isMarked()));
        }
        return used;
    }

    private static String beginning(PayloadFrame f, boolean straight) {
        String what =
                f.isMarked()
                        ? "streamed RDB from master with EOF"
                        : f.total() + " bytes from master";
        return "MASTER <-> REPLICA sync: receiving "
                + what
                + (straight ? " to parser" : " to disk");
    }

    // --- the machine -----------------------------------------------------------------------------

    private void feed(Input input) {
        State before = state;
        FollowerLink.Outcome outcome =
                FollowerLink.step(
                        before,
                        input,
                        new FollowerLink.Context(
                                host.nowMs(),
                                heardMs,
                                host.applied(),
                                host.dataEnd(),
                                host.fsynced(),
                                host.hasData(),
                                host.settings()));
        state = outcome.next();
        for (FollowerLink.Effect effect : outcome.effects()) {
            perform(effect);
        }
        if (before != outcome.next()) {
            host.stateChanged(before, outcome.next());
        }
    }

    private void perform(FollowerLink.Effect effect) {
        switch (effect) {
            case FollowerLink.Connect c -> {
                heardMs = host.nowMs();
                transport.connect(++number, c.host(), c.port());
            }
            case FollowerLink.Disconnect d -> {
                number++;
                transport.disconnect();
            }
            case FollowerLink.Send s -> transport.send(Wire.encode(s.words()));
            case FollowerLink.OpenChannel o ->
                    transport.openChannel(++channelNumber, o.host(), o.port());
            case FollowerLink.SendByChannel s -> transport.sendByChannel(Wire.encode(s.words()));
            case FollowerLink.CloseChannel c -> {
                channelNumber++;
                transport.closeChannel();
            }
            case FollowerLink.DropHeld d -> host.dropHeld();
            case FollowerLink.SendRaw r ->
                    transport.send(r.text().getBytes(StandardCharsets.US_ASCII));
            case FollowerLink.ExpectPayload e -> frame = new PayloadFrame();
            case FollowerLink.AbandonPayload a -> {
                frame = null;
                host.abandonPayload();
            }
            case FollowerLink.Load l -> host.load();
            case FollowerLink.Adopt a -> host.adopt(a.id(), a.offset());
            case FollowerLink.Continue c -> host.continueAs(c.id(), c.from());
            case FollowerLink.SaveDivergence s -> host.saveDivergence(s.id(), s.from());
            case FollowerLink.Refused r -> host.refused(r.reason());
            case FollowerLink.Ack a -> acknowledge(a);
            case FollowerLink.TakeoverAnswered t -> host.takeoverAnswered(t.accepted());
            case FollowerLink.Note n -> host.note(n.level(), n.text());
        }
    }

    private void acknowledge(FollowerLink.Ack ack) {
        String offset = Long.toString(ack.offset());
        transport.send(
                ack.fsynced() < 0
                        ? Wire.encode("REPLCONF", "ACK", offset)
                        : Wire.encode(
                                "REPLCONF", "ACK", offset, "FACK", Long.toString(ack.fsynced())));
    }
}
