package io.ferrite.node.slots;

import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.coordination.cluster.bus.Endpoint;
import io.ferrite.coordination.log.CommandLog;
import io.ferrite.coordination.log.LogReader;
import io.ferrite.coordination.slots.ExportEffect;
import io.ferrite.coordination.slots.SlotExport;
import io.ferrite.node.Environment;
import io.ferrite.node.Link;
import io.ferrite.node.LinkEvents;
import io.ferrite.node.Node;
import io.ferrite.node.config.ClusterOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.config.TlsOptions;
import io.ferrite.node.snapshot.SnapshotStream;
import io.ferrite.resp.ReplyDecoder;
import io.ferrite.resp.RespValue;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Gives slots to another node: performs what {@link SlotExport} wants done. The keys travel as the
 * commands that make them, from a thread of its own, and then what the log says about them; the
 * target confirms every command.
 *
 * <p>On the cluster's loop, but for the thread that makes the copy.
 */
final class ExportJob {

    private static final long AHEAD = 1 << 20;
    private static final int RUN = 64 << 10;
    private static final int CONNECT_MS = 5000;
    private static final long COPY_WAIT_NANOS = 500_000;

    private final SlotMoves moves;
    private final Node node;
    private final Environment environment;
    private final int loop;
    private final String name;
    private final String task;
    private final SlotSet slots;
    private final ClusterNode target;
    private final List<String> authentication;
    private final SlotExport machine;
    private final LogFilter filter;
    private final long createdMs;

    private volatile long updatedMs;
    private volatile long acknowledgedMs;
    private volatile SlotExport.Phase phase = SlotExport.Phase.CONNECTING;
    private volatile long remaining;
    private long frozenAtNanos;
    private volatile long frozenMicros;

    private volatile Connection connection;
    private LogReader reader;
    private boolean copying;
    private boolean streaming;
    private long cut = -1;

    /** Bytes of the copy that the loop has not sent yet. */
    private final AtomicLong queued = new AtomicLong();

    /**
     * @param name by which both ends know it
     * @param task by which those know it who asked for it
     */
    ExportJob(
            SlotMoves moves,
            String name,
            String task,
            SlotSet slots,
            ClusterNode target,
            List<String> authentication) {
        this.moves = moves;
        this.node = moves.node();
        this.environment = node.environment();
        this.loop = environment.loopApart();
        this.name = name;
        this.task = task;
        this.slots = slots;
        this.target = target;
        this.authentication = authentication;
        this.machine = new SlotExport(limits(node.settings()));
        this.filter = new LogFilter(node.names()::find, slots);
        this.createdMs = environment.nowMs();
        this.updatedMs = createdMs;
    }

    private static SlotExport.Limits limits(Settings settings) {
        SlotExport.Limits usual = SlotExport.Limits.DEFAULT;
        return new SlotExport.Limits(
                usual.answerMs(),
                settings.get(ClusterOptions.CLUSTER_SLOT_MIGRATION_WRITE_PAUSE_TIMEOUT),
                usual.retryMs(),
                settings.get(ClusterOptions.CLUSTER_SLOT_MIGRATION_HANDOFF_MAX_LAG_BYTES));
    }

    // --- what others ask, any thread -------------------------------------------------------------

    String name() {
        return name;
    }

    SlotSet slots() {
        return slots;
    }

    String target() {
        return target.id();
    }

    long createdMs() {
        return createdMs;
    }

    long updatedMs() {
        return updatedMs;
    }

    long acknowledgedMs() {
        return acknowledgedMs;
    }

    SlotExport.Phase phase() {
        return phase;
    }

    String message() {
        return isOver() ? machine.message() : "";
    }

    /** Bytes of the log that have not been looked at. */
    long remaining() {
        return remaining;
    }

    /** Bytes that wait to be sent. */
    long outputBytes() {
        Connection now = connection;
        return queued.get() + (now == null || isOver() ? 0 : now.pendingBytes());
    }

    /** How long the slots were frozen in the end. */
    long frozenMicros() {
        return frozenMicros;
    }

    boolean isOver() {
        return phase.compareTo(SlotExport.Phase.SUCCEEDED) >= 0;
    }

    String task() {
        return task;
    }

    MoveStatus status(String self) {
        SlotExport.Phase now = phase;
        String state =
                switch (now) {
                    case SUCCEEDED -> "completed";
                    case CANCELLED -> "canceled";
                    case ESTABLISHING -> "handshake";
                    case COPYING -> "send-bulk-and-stream";
                    case STREAMING -> "send-stream";
                    case DRAINING -> "handoff-prep";
                    case TAKING, ASKING -> "handoff";
                    case CONNECTING -> "connecting";
                    case FAILED -> "failed";
                };
        return new MoveStatus(
                task,
                slots,
                self,
                target.id(),
                "migrate",
                state,
                message(),
                0,
                createdMs,
                createdMs,
                isOver() ? updatedMs : -1,
                now == SlotExport.Phase.SUCCEEDED ? (frozenMicros + 999) / 1000 : 0);
    }

    boolean mayCancel() {
        SlotExport.Phase now = phase;
        return now != SlotExport.Phase.TAKING && now != SlotExport.Phase.ASKING;
    }

    // --- inputs, on the loop ---------------------------------------------------------------------

    void begin() {
        perform(machine.begin(nowMs()));
    }

    void cancel() {
        perform(machine.cancel());
    }

    void tick() {
        if (machine.isOver()) {
            return;
        }
        ClusterView view = node.cluster().view();
        if (owns(view, target.id())) {
            perform(machine.given());
        } else if (!owns(view, view.selfId())) {
            perform(machine.disowned());
        } else if (hasFailed(view)) {
            perform(machine.targetFailed());
        } else {
            perform(machine.tick(nowMs()));
            pump();
        }
    }

    private boolean owns(ClusterView view, String id) {
        ClusterNode owner = view.node(id);
        return owner != null && owner.isMaster() && slots.minus(owner.slots()).isEmpty();
    }

    private boolean hasFailed(ClusterView view) {
        ClusterNode now = view.node(target.id());
        return now == null || now.hasFailed();
    }

    private long nowMs() {
        return environment.nanos() / 1_000_000;
    }

    // --- effects ---------------------------------------------------------------------------------

    private void perform(List<ExportEffect> effects) {
        for (ExportEffect effect : effects) {
            switch (effect) {
                case CONNECT -> connect();
                case ESTABLISH ->
                        orderForSlots(
                                "CLUSTER",
                                "SYNCSLOTS",
                                "ESTABLISH",
                                name,
                                node.cluster().view().selfId());
                case COPY -> copy();
                case FREEZE -> freeze();
                case THAW -> thaw();
                case TAKE -> connection.order(List.of("CLUSTER", "SYNCSLOTS", "TAKE", name));
                case ASK -> orderForSlots("CLUSTER", "SYNCSLOTS", "ASK", name);
                case CLOSE -> close();
                case END -> end();
            }
        }
        if (machine.phase() != phase) {
            phase = machine.phase();
            updatedMs = environment.nowMs();
        }
        if (cut >= 0 && machine.phase() == SlotExport.Phase.DRAINING) {
            pump();
        }
    }

    private void connect() {
        connection = new Connection();
        boolean tls = node.settings().get(TlsOptions.TLS_CLUSTER);
        ClusterNode known = node.cluster().view().node(target.id()); // it may be elsewhere by now
        Endpoint at = (known == null ? target : known).endpoint();
        int port = tls ? at.tlsPort() : at.port();
        environment.connect(loop, at.ip(), port, "", CONNECT_MS, tls, connection);
    }

    /** Gives an order that ends with the ranges of the slots. */
    private void orderForSlots(String... head) {
        connection.order(Words.withRanges(List.of(head), slots));
    }

    /** Fixes the instant of the copy, and begins to read the log there. */
    private void copy() {
        CommandLog log = node.parts().commandLog();
        SnapshotStream snapshot =
                SnapshotStream.ofSlots(node.engine().keyspace(), node.gate(), slots::contains);
        boolean begun = false;
        node.gate().enter(node.gate().all());
        try {
            node.replication().keepLog();
            reader = log.openReader(log.end(), true, () -> environment.onLoop(loop, this::pump));
            log.forgetDatabase();
            begun = snapshot.begin(Map.of(), List.of(), true);
        } catch (IOException e) {
            node.log().warning("Slots cannot be copied: " + e.getMessage());
        } finally {
            node.gate().leave(node.gate().all());
        }
        if (!begun) {
            perform(machine.failed("too many snapshots are being made"));
            return;
        }
        copying = true;
        environment.background("slot-copy", () -> make(snapshot));
    }

    /** On its own thread. */
    private void make(SnapshotStream snapshot) {
        String failure = null;
        try {
            snapshot.produce(this::hand, this::isOver);
        } catch (IOException e) {
            failure = String.valueOf(e.getMessage());
        }
        String error = failure;
        environment.onLoop(
                loop,
                () -> {
                    copying = false;
                    if (machine.isOver()) {
                        filter.close();
                        return;
                    }
                    if (error != null) {
                        perform(machine.failed(error));
                    } else {
                        streaming = true;
                        perform(machine.copied(nowMs()));
                        pump();
                    }
                });
    }

    private void hand(long address, int length) throws IOException {
        filter.feed(address, length);
        byte[] bytes = filter.take();
        long commands = filter.commands();
        queued.addAndGet(bytes.length);
        environment.onLoop(
                loop,
                () -> {
                    queued.addAndGet(-bytes.length);
                    if (!machine.isOver() && bytes.length > 0) {
                        connection.send(bytes, commands);
                    }
                });
        while (!isOver() && queued.get() + connection.pendingBytes() > AHEAD) {
            LockSupport.parkNanos(COPY_WAIT_NANOS);
        }
        if (isOver()) {
            throw new IOException("nobody wants it any more");
        }
    }

    /** Sends what the log says, and looks how far the target is. */
    private void pump() {
        if (!streaming || machine.isOver() || !connection.isOpen()) {
            return;
        }
        while (connection.pendingBytes() < AHEAD) {
            int length = reader.peek(RUN);
            if (length == 0) {
                if (reader.arm()) {
                    break;
                }
                continue;
            }
            filter.feed(reader.address(), length);
            reader.advance(length);
            byte[] bytes = filter.take();
            if (bytes.length > 0) {
                connection.send(bytes, filter.commands());
            }
        }
        remaining = reader.lag();
        if (filter.failure() != null) {
            perform(machine.failed(filter.failure()));
            return;
        }
        if (reader.isCut()) {
            perform(machine.failed("this node follows another one now"));
            return;
        }
        if (machine.phase() == SlotExport.Phase.STREAMING) {
            perform(machine.behind(reader.lag() + 64 * connection.unconfirmed(), nowMs()));
        } else if (cut >= 0 && reader.offset() >= cut && connection.unconfirmed() == 0) {
            perform(machine.drained(nowMs()));
        }
    }

    private void freeze() {
        node.gate().enter(node.gate().all());
        try {
            moves.freeze(slots);
            cut = node.parts().commandLog().end();
        } finally {
            node.gate().leave(node.gate().all());
        }
        frozenAtNanos = environment.nanos();
    }

    private void thaw() {
        cut = -1;
        moves.thaw(slots);
        frozenMicros = (environment.nanos() - frozenAtNanos) / 1000;
    }

    private void close() {
        if (connection != null) {
            connection.close();
        }
    }

    private void end() {
        phase = machine.phase();
        updatedMs = environment.nowMs();
        if (reader != null) {
            reader.close();
            environment.onLoop(0, node.replication()::logMayEnd);
        }
        if (!copying) {
            filter.close(); // else the thread that makes the copy does
        }
        String how = machine.message().isEmpty() ? "" : ": " + machine.message();
        node.log()
                .notice(
                        "Migration "
                                + name
                                + " of slots "
                                + slots
                                + " to "
                                + target.id()
                                + " ended as "
                                + machine.phase()
                                + how
                                + " (frozen for "
                                + frozenMicros
                                + " microseconds)");
    }

    /** A connection to the target; one after the other. */
    private final class Connection implements LinkEvents {

        private final ReplyDecoder decoder = new ReplyDecoder();
        private volatile Link link;
        private boolean over;

        /** Answers that were awaited before the first command of the data. */
        private int orders;

        private long data;
        private long answered;

        /** The number of the answer to the order that was given last; -1 when it has come. */
        private long orderAt = -1;

        boolean isOpen() {
            return link != null && !over;
        }

        long pendingBytes() {
            Link now = link;
            return now == null ? 0 : now.pendingBytes();
        }

        long unconfirmed() {
            return orders + data - answered;
        }

        void order(List<String> words) {
            orderAt = orders + data;
            orders++;
            link.send(Words.command(words));
        }

        /**
         * @param total how many commands of the data were sent with these
         */
        void send(byte[] bytes, long total) {
            if (isOpen()) {
                data = total;
                link.send(bytes);
            }
        }

        void close() {
            if (!over) {
                over = true;
                if (link != null) {
                    link.close();
                }
                if (!machine.isOver()) {
                    perform(machine.lost("the connection was closed", nowMs()));
                }
            }
        }

        @Override
        public void opened(Link opened) {
            link = opened;
            if (over) {
                opened.close();
                return;
            }
            if (!authentication.isEmpty()) {
                orders++;
                opened.send(Words.command(authentication));
            }
            perform(machine.opened(nowMs()));
        }

        @Override
        public void failed(String reason) {
            closed();
        }

        @Override
        public void closed() {
            if (!over) {
                over = true;
                perform(machine.lost("the connection to the target was lost", nowMs()));
            }
        }

        @Override
        public void writable() {
            pump();
        }

        @Override
        public int received(long address, int length) {
            int at = 0;
            while (!over && at < length) {
                int outcome = decoder.decode(address, at, length);
                at = decoder.consumed();
                if (outcome == ReplyDecoder.INCOMPLETE) {
                    break;
                }
                if (outcome == ReplyDecoder.ERROR) {
                    link.close();
                    return length;
                }
                answer(decoder.value());
            }
            acknowledgedMs = environment.nowMs();
            if (!over) {
                pump();
            }
            return over ? length : at;
        }

        private void answer(RespValue value) {
            boolean ofOrder = answered == orderAt;
            answered++;
            if (value instanceof RespValue.Failure failure) {
                perform(machine.refused(failure.text()));
                return;
            }
            if (!ofOrder) {
                return;
            }
            orderAt = -1;
            switch (machine.phase()) {
                case ESTABLISHING -> perform(machine.established(nowMs()));
                case TAKING -> perform(machine.taken(nowMs()));
                case ASKING -> {
                    boolean taken = value instanceof RespValue.Status s && s.text().equals("TAKEN");
                    perform(taken ? machine.taken(nowMs()) : machine.notTaken());
                }
                default -> {}
            }
        }
    }
}
