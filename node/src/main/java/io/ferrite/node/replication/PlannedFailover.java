package io.ferrite.node.replication;

import io.ferrite.coordination.replication.FailoverPlan;
import io.ferrite.coordination.replication.LeaderLink;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.Pause;
import io.ferrite.node.config.LeaderAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The handing over of the lead to a follower, as FAILOVER orders it: where it stands, and what its
 * steps do to this server.
 *
 * <p>Steps are taken on the home loop; what may be called from any thread says so.
 */
final class PlannedFailover {

    private final Replication replication;
    private final Node node;
    private final Environment environment;

    private volatile FailoverPlan.State state = new FailoverPlan.Idle();

    PlannedFailover(Replication replication, Node node) {
        this.replication = replication;
        this.node = node;
        this.environment = node.environment();
    }

    /** Whether one has begun and not ended. Any thread. */
    boolean isUnderWay() {
        return !(state instanceof FailoverPlan.Idle);
    }

    /** What INFO calls its state. Any thread. */
    String infoName() {
        return state.infoName();
    }

    /** Begins one or gives it up; {@code done} runs when that is so. Any thread. */
    void order(FailoverPlan.Input input, Runnable done) {
        environment.onLoop(
                Replication.HOME,
                () -> {
                    feed(input);
                    done.run();
                });
    }

    void tick() {
        feed(new FailoverPlan.Tick());
    }

    /** The follower has said whether it takes over. */
    void answered(boolean accepted) {
        feed(new FailoverPlan.Answered(accepted));
    }

    private void feed(FailoverPlan.Input input) {
        if (!isUnderWay() && !(input instanceof FailoverPlan.Begin)) {
            return;
        }
        FailoverPlan.Outcome outcome =
                FailoverPlan.step(
                        state,
                        input,
                        new FailoverPlan.Context(
                                environment.nowMs(), replication.offset(), candidates()));
        state = outcome.next();
        for (FailoverPlan.Effect effect : outcome.effects()) {
            switch (effect) {
                case FailoverPlan.PauseWrites p ->
                        node.pause()
                                .begin(
                                        Pause.Purpose.FAILOVER,
                                        environment.nowMs(),
                                        Long.MAX_VALUE,
                                        false);
                case FailoverPlan.ResumeWrites r -> node.pause().end(Pause.Purpose.FAILOVER);
                case FailoverPlan.FollowAndAskToLead f ->
                        replication.followNow(new LeaderAddress(f.host(), f.port()), true);
                case FailoverPlan.LeadAgain l -> replication.leadNow();
                case FailoverPlan.Note n -> replication.note(n.level(), n.text());
            }
        }
    }

    /** The followers that might take over. Any thread. */
    List<FailoverPlan.Candidate> candidates() {
        List<FailoverPlan.Candidate> all = new ArrayList<>();
        for (FollowerSession f : replication.leaderSide().followers()) {
            LeaderLink.State link = f.driver().state();
            if (link.peer().channel()) {
                continue;
            }
            all.add(
                    new FailoverPlan.Candidate(
                            f.driver().address(),
                            f.driver().port(),
                            link.isOnline(),
                            link.acked()));
        }
        return all;
    }
}
