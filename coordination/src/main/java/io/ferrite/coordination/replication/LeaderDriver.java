package io.ferrite.coordination.replication;

import io.ferrite.coordination.log.BacklogWindow;
import io.ferrite.coordination.log.StreamSource;
import io.ferrite.coordination.replication.LeaderLink.Input;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Performs what {@link LeaderLink} decides for one follower's connection, and sends it the stream
 * straight from the log.
 *
 * <p>One thread at a time, that of the connection; {@link #state} and the figures may be read by
 * any.
 */
public final class LeaderDriver {

    /** The connection to the follower. */
    public interface Transport {

        void send(byte[] bytes);

        /** Takes the bytes before it returns: copied, or given to the kernel. */
        void send(long address, int length);

        /** Whether more can be sent without piling up. */
        boolean isWritable();

        void flush();

        /** Ends the connection after what has been sent. */
        void close();
    }

    /** The server around the link. */
    public interface Host {
        long nowMs();

        History history();

        BacklogWindow window();

        /** Whether this server can be followed now. */
        boolean able();

        boolean handingOver();

        /** Whether followers that can may take a copy by a connection of its own. */
        boolean offersChannel();

        /** Whether the follower with that connection shall ask for its copy by another one. */
        boolean awaitsChannel(long id);

        long timeoutMs();

        /**
         * The stream from {@code offset} on; {@code wake} may run on any thread and must lead to
         * {@link #pump}.
         */
        StreamSource open(long offset, LeaderDriver driver);

        void wantCopy(LeaderDriver driver);

        void count(LeaderLink.Counter counter);

        void acked(LeaderDriver driver);

        /** This server's own leader link shall acknowledge. */
        void ackWanted();

        /** Whether a follower that lacks much may wait a moment for more: nobody waits for it. */
        boolean mayGather();

        /** {@link #gathered} shall run in a millisecond. */
        void pumpSoon(LeaderDriver driver);

        /** The follower is not one any more. */
        void gone(LeaderDriver driver);

        void note(Level level, String text);
    }

    /** How many bytes were sent in a millisecond and in the one before. */
    private static final class Rate {
        private long ms;
        private long bytes;
        private long before;

        void count(long nowMs, long more) {
            turnTo(nowMs);
            bytes += more;
        }

        /** Bytes of the millisecond before this one. */
        long before(long nowMs) {
            turnTo(nowMs);
            return before;
        }

        private void turnTo(long nowMs) {
            if (nowMs != ms) {
                before = nowMs == ms + 1 ? bytes : 0;
                bytes = 0;
                ms = nowMs;
            }
        }
    }

    private static final int RUN_MAX = 64 << 10;

    /**
     * When so much was sent at once, and as much in the millisecond before, the next bytes are
     * gathered until there are as many as {@link #GATHERED}, or for a millisecond: under load each
     * wake-up and each packet costs as much as many commands. What follows a single burst is sent
     * at once.
     */
    private static final int BULK = 4 << 10;

    private static final int GATHERED = 64 << 10;

    private final Transport transport;
    private final Host host;
    private final String connectionAddress;
    private final int connectionPort;
    private final long id;
    private volatile LeaderLink.State state = LeaderLink.State.NEW;
    private volatile StreamSource reader;
    private boolean streaming;
    private boolean gathering;
    private final Rate rate = new Rate();
    private long takenMs;

    /**
     * @param id what the follower may name this connection by on another one
     */
    public LeaderDriver(Transport transport, Host host, String address, int port, long id) {
        this.transport = transport;
        this.host = host;
        this.connectionAddress = address;
        this.connectionPort = port;
        this.id = id;
    }

    // --- figures, any thread ---------------------------------------------------------------------

    public LeaderLink.State state() {
        return state;
    }

    /** Where others reach the follower. */
    public String address() {
        String announced = state.peer().address();
        return announced == null ? connectionAddress : announced;
    }

    public int port() {
        return state.peer().port();
    }

    /** How log lines call it. */
    public String name() {
        return port() == 0 ? connectionAddress + ":" + connectionPort : address() + ":" + port();
    }

    public ReplicationView.Follower view(long nowMs) {
        LeaderLink.State s = state;
        long lag = s.isOnline() ? (nowMs - s.ackedMs()) / 1000 : 0;
        return new ReplicationView.Follower(address(), port(), s.infoName(), s.acked(), lag);
    }

    /** Bytes of the stream that are kept for this follower alone or among others. */
    public long pendingBytes() {
        StreamSource now = reader;
        return now == null ? 0 : now.lag();
    }

    // --- told by the connection ------------------------------------------------------------------

    public void replconf(List<String> arguments) {
        feed(new LeaderLink.Replconf(arguments));
    }

    public void psync(String id, String offset) {
        feed(new LeaderLink.Psync(id, offset));
    }

    public void sync() {
        feed(new LeaderLink.Sync());
    }

    /** An empty line came. */
    public void newline() {
        feed(new LeaderLink.Newline());
    }

    /** The connection took bytes. */
    public void taken() {
        takenMs = host.nowMs();
    }

    /** The connection is gone. */
    public void closed() {
        boolean was = state.isFollower();
        state =
                new LeaderLink.State(
                        new LeaderLink.Gone(),
                        state.peer(),
                        state.acked(),
                        state.fsynced(),
                        state.ackedMs());
        release();
        if (was) {
            host.gone(this);
        }
    }

    // --- told by the server ----------------------------------------------------------------------

    public void tick() {
        feed(new LeaderLink.Tick());
    }

    /** The copy begins that this follower takes part in; the log is kept from {@code offset}. */
    public void copyBegins(long offset, LeaderLink.CopyForm form) {
        takenMs = host.nowMs();
        feed(new LeaderLink.CopyBegins(offset, form));
    }

    /** Its copy begins on another connection; the log is kept from {@code offset}. */
    public void streamFrom(long offset) {
        feed(new LeaderLink.StreamFrom(offset));
    }

    /** Its other connection is gone before it was done. */
    public void otherLost() {
        feed(new LeaderLink.OtherLost());
    }

    public void copyStored() {
        takenMs = host.nowMs();
        feed(new LeaderLink.CopyStored());
    }

    /** Some of the copy's bytes. */
    public void copy(long address, int length) {
        transport.send(address, length);
    }

    public void copy(byte[] bytes) {
        transport.send(bytes);
    }

    public void copySent() {
        feed(new LeaderLink.CopySent());
    }

    public void copyFailed(String reason) {
        feed(new LeaderLink.CopyFailed(reason));
    }

    public boolean isWritable() {
        return transport.isWritable();
    }

    /**
     * Sends what the log has, as long as the connection takes it. Called when the log announces
     * more, when the connection can take more, and after anything that begins the stream.
     */
    public void pump() {
        StreamSource from = reader;
        if (from == null || !streaming) {
            return;
        }
        long sent = 0;
        while (transport.isWritable()) {
            int length = from.peek(RUN_MAX);
            if (length == 0) {
                if (from.isCut()) {
                    // The stream that this follower follows has ended; it has to ask anew.
                    transport.close();
                    break;
                }
                if (isBulk(sent) && host.mayGather() ? gather(from) : from.arm()) {
                    break;
                }
                continue;
            }
            transport.send(from.address(), length);
            from.advance(length);
            sent += length;
        }
        if (sent > 0) {
            transport.flush();
            rate.count(host.nowMs(), sent);
        }
    }

    private boolean isBulk(long sent) {
        return sent >= BULK && rate.before(host.nowMs()) >= BULK;
    }

    private boolean gather(StreamSource from) {
        boolean waits = from.arm(GATHERED);
        if (waits && !gathering) {
            gathering = true;
            host.pumpSoon(this);
        }
        return waits;
    }

    /** The millisecond is over. */
    public void gathered() {
        gathering = false;
        pump();
    }

    /** Ends the link: the follower has to ask anew. */
    public void drop() {
        transport.close();
    }

    // --- the machine -----------------------------------------------------------------------------

    private void feed(Input input) {
        LeaderLink.State before = state;
        LeaderLink.Outcome outcome =
                LeaderLink.step(
                        before,
                        input,
                        new LeaderLink.Context(
                                host.nowMs(),
                                host.history(),
                                host.window(),
                                name(),
                                takenMs,
                                id,
                                host.offersChannel(),
                                host::awaitsChannel,
                                host.able(),
                                host.handingOver(),
                                host.timeoutMs()));
        state = outcome.next();
        for (LeaderLink.Effect effect : outcome.effects()) {
            if (!perform(effect)) {
                break;
            }
        }
    }

    /** Returns whether the effects behind this one still make sense. */
    private boolean perform(LeaderLink.Effect effect) {
        switch (effect) {
            case LeaderLink.Reply r -> {
                transport.send((r.text() + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                transport.flush();
            }
            case LeaderLink.SendRaw r -> {
                transport.send(r.text().getBytes(StandardCharsets.ISO_8859_1));
                transport.flush();
            }
            case LeaderLink.Attach a -> {
                try {
                    reader = host.open(a.offset(), this);
                } catch (IllegalArgumentException overtaken) {
                    // Dropped from the log between the decision and now: the follower asks again.
                    transport.close();
                    return false;
                }
            }
            case LeaderLink.StartStream s -> {
                streaming = true;
                pump();
            }
            case LeaderLink.WantCopy w -> host.wantCopy(this);
            case LeaderLink.Close c -> transport.close();
            case LeaderLink.Count c -> host.count(c.counter());
            case LeaderLink.Acked a -> host.acked(this);
            case LeaderLink.AckWanted a -> host.ackWanted();
            case LeaderLink.Note n -> host.note(n.level(), n.text());
        }
        return true;
    }

    private void release() {
        StreamSource from = reader;
        reader = null;
        streaming = false;
        if (from != null) {
            from.close();
        }
    }
}
