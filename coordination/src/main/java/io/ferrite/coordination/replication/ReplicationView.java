package io.ferrite.coordination.replication;

import io.ferrite.coordination.log.BacklogWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a server knows about replication at one instant, and how INFO and ROLE tell it.
 *
 * @param leader the server that this one follows, null if it leads
 * @param followers those connected, in the order in which they came
 * @param goodFollowers how many of them are near enough, -1 if nobody asked for a minimum
 * @param failover what INFO calls the state of a planned failover
 */
public record ReplicationView(
        Leader leader,
        List<Follower> followers,
        int goodFollowers,
        String failover,
        History history,
        BacklogWindow backlog,
        Own own) {

    /**
     * What only Ferrite says.
     *
     * @param ackReplicas how many followers must have a write before it is confirmed
     * @param refusedReason why the leader is not followed lest data be lost, or null
     * @param divergenceFiles files written with what a new leader lacked
     * @param held bytes of the stream that wait for a copy which comes by a connection of its own,
     *     and the most that did; both -1 if copies don't come so
     */
    public record Own(
            int ackReplicas,
            String refusedReason,
            long divergenceFiles,
            long divergenceCommands,
            long held,
            long heldPeak) {

        /** Nothing of it is in use. */
        public static final Own NONE = new Own(0, null, 0, 0, -1, -1);
    }

    /**
     * @param state what ROLE calls the link's state
     * @param heardSecondsAgo since the leader was last heard, -1 if the link is down
     * @param applied stream offset that this server's data stands for; -1 with a leader without
     *     offsets
     * @param read stream offset received
     * @param transfer a copy being received, null if none
     * @param downSeconds since the link broke, -1 if it never stood
     */
    public record Leader(
            String host,
            int port,
            String state,
            long heardSecondsAgo,
            long applied,
            long read,
            Transfer transfer,
            long downSeconds,
            int priority,
            boolean readOnly,
            boolean announced) {

        boolean isUp() {
            return state.equals("connected");
        }
    }

    /**
     * @param total bytes of the copy, 0 if the leader does not know it itself, -1 before it says
     */
    public record Transfer(long total, long received, long heardSecondsAgo) {}

    /**
     * @param state what INFO calls it; a follower with an empty one is not shown
     */
    public record Follower(String address, int port, String state, long acked, long lagSeconds) {}

    /** The lines of INFO's replication section, without its title, each ended by CR LF. */
    public String info() {
        StringBuilder out = new StringBuilder(512);
        line(out, "role", leader == null ? "master" : "slave");
        if (leader != null) {
            leaderLines(out);
        }
        line(out, "connected_slaves", followers.size());
        if (goodFollowers >= 0) {
            line(out, "min_slaves_good_slaves", goodFollowers);
        }
        int index = 0;
        for (Follower f : followers) {
            if (!f.state().isEmpty()) {
                line(
                        out,
                        "slave" + index++,
                        "ip="
                                + f.address()
                                + ",port="
                                + f.port()
                                + ",state="
                                + f.state()
                                + ",offset="
                                + f.acked()
                                + ",lag="
                                + f.lagSeconds());
            }
        }
        line(out, "master_failover_state", failover);
        line(out, "master_replid", history.id());
        line(out, "master_replid2", history.previousId());
        line(out, "master_repl_offset", backlog.end());
        line(out, "second_repl_offset", history.previousLimit());
        line(out, "repl_backlog_active", backlog.active() ? 1 : 0);
        line(out, "repl_backlog_size", backlog.size());
        line(out, "repl_backlog_first_byte_offset", backlog.firstByteOffset());
        line(out, "repl_backlog_histlen", backlog.historyLength());
        line(out, "replication_ack_replicas", own.ackReplicas());
        if (leader != null && own.refusedReason() != null) {
            line(out, "master_refused_reason", own.refusedReason());
        }
        line(out, "divergence_files", own.divergenceFiles());
        line(out, "divergence_commands", own.divergenceCommands());
        return out.toString();
    }

    private void leaderLines(StringBuilder out) {
        boolean receiving = leader.transfer() != null;
        line(out, "master_host", leader.host());
        line(out, "master_port", leader.port());
        line(out, "master_link_status", leader.isUp() ? "up" : "down");
        line(out, "master_last_io_seconds_ago", leader.isUp() ? leader.heardSecondsAgo() : -1);
        line(out, "master_sync_in_progress", receiving ? 1 : 0);
        line(out, "slave_read_repl_offset", leader.read());
        line(out, "slave_repl_offset", leader.applied());
        if (own.held() >= 0) {
            line(out, "replica_full_sync_buffer_size", own.held());
            line(out, "replica_full_sync_buffer_peak", own.heldPeak());
        }
        if (receiving) {
            Transfer t = leader.transfer();
            double share = t.total() == 0 ? 0 : (double) t.received() / t.total() * 100;
            line(out, "master_sync_total_bytes", t.total());
            line(out, "master_sync_read_bytes", t.received());
            line(out, "master_sync_left_bytes", t.total() - t.received());
            line(out, "master_sync_perc", String.format(Locale.ROOT, "%.2f", share));
            line(out, "master_sync_last_io_seconds_ago", t.heardSecondsAgo());
        }
        if (!leader.isUp()) {
            line(out, "master_link_down_since_seconds", leader.downSeconds());
        }
        line(out, "slave_priority", leader.priority());
        line(out, "slave_read_only", leader.readOnly() ? 1 : 0);
        line(out, "replica_announced", leader.announced() ? 1 : 0);
    }

    private static void line(StringBuilder out, String name, Object value) {
        out.append(name).append(':').append(value).append("\r\n");
    }

    /**
     * ROLE's reply as nested lists: {@link String} is a bulk string, {@link Long} an integer,
     * {@link List} an array.
     */
    public List<Object> role() {
        if (leader != null) {
            return List.of(
                    "slave",
                    leader.host(),
                    (long) leader.port(),
                    leader.state(),
                    leader.isUp() ? leader.applied() : -1L);
        }
        List<Object> online = new ArrayList<>();
        for (Follower f : followers) {
            if (f.state().equals("online")) {
                online.add(
                        List.of(f.address(), Integer.toString(f.port()), Long.toString(f.acked())));
            }
        }
        return List.of("master", backlog.end(), online);
    }
}
