package io.ferrite.node.replication;

import io.ferrite.coordination.replication.ReplicationView;
import io.ferrite.node.Node;
import io.ferrite.node.config.LeaderAddress;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.Settings;

/** What INFO and ROLE say of this server's replication. Any thread. */
final class RoleView {

    private final Replication replication;
    private final Node node;

    RoleView(Replication replication, Node node) {
        this.replication = replication;
        this.node = node;
    }

    /**
     * @param leader who is followed, or will be by an order that was accepted
     */
    ReplicationView of(LeaderAddress leader) {
        Settings s = node.settings();
        boolean minimum =
                s.get(ReplicationOptions.MIN_REPLICAS_TO_WRITE) > 0
                        && s.get(ReplicationOptions.MIN_REPLICAS_MAX_LAG) > 0;
        return new ReplicationView(
                leader.isNone() ? null : replication.followerSide().view(leader),
                replication.leaderSide().views(),
                minimum ? replication.leaderSide().goodFollowers() : -1,
                replication.failover().infoName(),
                replication.history(),
                node.parts().commandLog().window(),
                own());
    }

    private ReplicationView.Own own() {
        FollowerSide follower = replication.followerSide();
        boolean channel = node.settings().get(ReplicationOptions.REPL_RDB_CHANNEL);
        return new ReplicationView.Own(
                replication.acks().byServer(),
                follower.refusedReason(),
                follower.divergence().files(),
                follower.divergence().commands(),
                channel || !follower.held().isEmpty() ? follower.held().bytes() : -1,
                follower.held().peak());
    }
}
