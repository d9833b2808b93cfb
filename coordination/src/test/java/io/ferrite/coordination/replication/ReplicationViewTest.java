package io.ferrite.coordination.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.log.BacklogWindow;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The lines are those of a real server 7.2 in the same situation. */
final class ReplicationViewTest {

    private static final History HISTORY = new History("1".repeat(40), "2".repeat(40), 57);

    @Test
    void leader_listsItsFollowers() {
        ReplicationView view =
                new ReplicationView(
                        null,
                        List.of(
                                new ReplicationView.Follower("127.0.0.1", 6380, "online", 56, 1),
                                new ReplicationView.Follower("127.0.0.1", 6399, "", 0, 0),
                                new ReplicationView.Follower(
                                        "10.0.0.9", 6381, "wait_bgsave", 0, 0)),
                        1,
                        "no-failover",
                        HISTORY,
                        new BacklogWindow(true, 1048576, 0, 56),
                        ReplicationView.Own.NONE);
        assertThat(view.info().lines())
                .containsExactly(
                        "role:master",
                        "connected_slaves:3",
                        "min_slaves_good_slaves:1",
                        "slave0:ip=127.0.0.1,port=6380,state=online,offset=56,lag=1",
                        "slave1:ip=10.0.0.9,port=6381,state=wait_bgsave,offset=0,lag=0",
                        "master_failover_state:no-failover",
                        "master_replid:" + "1".repeat(40),
                        "master_replid2:" + "2".repeat(40),
                        "master_repl_offset:56",
                        "second_repl_offset:57",
                        "repl_backlog_active:1",
                        "repl_backlog_size:1048576",
                        "repl_backlog_first_byte_offset:1",
                        "repl_backlog_histlen:56",
                        "replication_ack_replicas:0",
                        "divergence_files:0",
                        "divergence_commands:0");
        assertThat(view.role())
                .isEqualTo(List.of("master", 56L, List.of(List.of("127.0.0.1", "6380", "56"))));
    }

    @Test
    void serverWithoutFollowers_hasNoBacklog() {
        ReplicationView view =
                new ReplicationView(
                        null,
                        List.of(),
                        -1,
                        "no-failover",
                        History.of("1".repeat(40)),
                        BacklogWindow.none(1048576, 0),
                        ReplicationView.Own.NONE);
        assertThat(view.info().lines())
                .containsExactly(
                        "role:master",
                        "connected_slaves:0",
                        "master_failover_state:no-failover",
                        "master_replid:" + "1".repeat(40),
                        "master_replid2:" + "0".repeat(40),
                        "master_repl_offset:0",
                        "second_repl_offset:-1",
                        "repl_backlog_active:0",
                        "repl_backlog_size:1048576",
                        "repl_backlog_first_byte_offset:0",
                        "repl_backlog_histlen:0",
                        "replication_ack_replicas:0",
                        "divergence_files:0",
                        "divergence_commands:0");
        assertThat(view.role()).isEqualTo(List.of("master", 0L, List.of()));
    }

    @Test
    void follower_showsItsLink_inEveryState() {
        assertThat(follower("connected", 3, null).info().lines())
                .containsSubsequence(
                        "role:slave",
                        "master_host:127.0.0.1",
                        "master_port:6379",
                        "master_link_status:up",
                        "master_last_io_seconds_ago:3",
                        "master_sync_in_progress:0",
                        "slave_read_repl_offset:70",
                        "slave_repl_offset:56",
                        "slave_priority:100",
                        "slave_read_only:1",
                        "replica_announced:1",
                        "connected_slaves:0")
                .doesNotContain("master_link_down_since_seconds:12");
        assertThat(follower("sync", 3, new ReplicationView.Transfer(200, 50, 2)).info().lines())
                .containsSubsequence(
                        "master_link_status:down",
                        "master_last_io_seconds_ago:-1",
                        "master_sync_in_progress:1",
                        "slave_repl_offset:56",
                        "master_sync_total_bytes:200",
                        "master_sync_read_bytes:50",
                        "master_sync_left_bytes:150",
                        "master_sync_perc:25.00",
                        "master_sync_last_io_seconds_ago:2",
                        "master_link_down_since_seconds:12",
                        "slave_priority:100");
        assertThat(follower("connected", 3, null).role())
                .isEqualTo(List.of("slave", "127.0.0.1", 6379L, "connected", 56L));
        assertThat(follower("handshake", 3, null).role())
                .isEqualTo(List.of("slave", "127.0.0.1", 6379L, "handshake", -1L));
    }

    private static ReplicationView follower(
            String state, long heard, ReplicationView.Transfer transfer) {
        return new ReplicationView(
                new ReplicationView.Leader(
                        "127.0.0.1", 6379, state, heard, 56, 70, transfer, 12, 100, true, true),
                List.of(),
                -1,
                "no-failover",
                HISTORY,
                new BacklogWindow(true, 1048576, 0, 56),
                ReplicationView.Own.NONE);
    }
}
