package io.ferrite.coordination.replication;

import java.util.List;

/**
 * A planned exchange of roles: FAILOVER.
 *
 * <p>Writes are paused, so one follower catches up; then this server follows it and asks it to
 * lead. Pure, as {@link FollowerLink} is.
 *
 * <pre>
 *   Idle         --Begin---------------------->  WaitForSync    pause writes
 *   WaitForSync  --a follower caught up------->  InProgress     follow it, asking it to take over
 *   WaitForSync  --deadline, forced----------->  InProgress     the same, with what it has
 *   WaitForSync  --deadline, abort------------>  Idle           writes go on
 *   InProgress   --it took over--------------->  Idle           this server is its follower
 *   InProgress   --it refused, abort---------->  Idle           this server leads again
 * </pre>
 */
public final class FailoverPlan {

    private FailoverPlan() {}

    public sealed interface State {
        /** What INFO calls it. */
        String infoName();
    }

    public record Idle() implements State {
        @Override
        public String infoName() {
            return "no-failover";
        }
    }

    /**
     * @param host the chosen follower, null if any will do
     */
    public record WaitForSync(String host, int port, boolean forced, long deadlineMs)
            implements State {
        @Override
        public String infoName() {
            return "waiting-for-sync";
        }
    }

    public record InProgress(String host, int port) implements State {
        @Override
        public String infoName() {
            return "failover-in-progress";
        }
    }

    /** A follower as the plan sees it. */
    public record Candidate(String host, int port, boolean online, long acked) {}

    public sealed interface Input {}

    /**
     * @param deadlineMs {@link Long#MAX_VALUE} for none
     */
    public record Begin(String host, int port, boolean forced, long deadlineMs) implements Input {}

    public record Abort(String reason) implements Input {}

    /** The other server answered the request to take over. */
    public record Answered(boolean accepted) implements Input {}

    public record Tick() implements Input {}

    public sealed interface Effect {}

    public record PauseWrites() implements Effect {}

    public record ResumeWrites() implements Effect {}

    public record FollowAndAskToLead(String host, int port) implements Effect {}

    /** Undo the following: this server leads as before. */
    public record LeadAgain() implements Effect {}

    public record Note(Level level, String text) implements Effect {}

    public record Outcome(State next, List<Effect> effects) {}

    /**
     * @param end this server's log end
     */
    public record Context(long nowMs, long end, List<Candidate> followers) {}

    public static Outcome step(State state, Input input, Context at) {
        return switch (input) {
            case Begin b when state instanceof Idle ->
                    new Outcome(
                            new WaitForSync(b.host(), b.port(), b.forced(), b.deadlineMs()),
                            List.of(
                                    note("FAILOVER requested to " + name(b.host(), b.port()) + "."),
                                    new PauseWrites()));
            case Begin b -> new Outcome(state, List.of());
            case Abort a -> abort(state, a.reason());
            case Answered a -> answered(state, a.accepted());
            case Tick t ->
                    state instanceof WaitForSync w ? tick(w, at) : new Outcome(state, List.of());
        };
    }

    private static Note note(String text) {
        return new Note(Level.NOTICE, text);
    }

    private static String name(String host, int port) {
        return host == null ? "any replica" : host + ":" + port;
    }

    private static Outcome abort(State state, String reason) {
        return switch (state) {
            case Idle i -> new Outcome(i, List.of());
            case WaitForSync w ->
                    new Outcome(
                            new Idle(),
                            List.of(aborted(w.host(), w.port(), reason), new ResumeWrites()));
            case InProgress p ->
                    new Outcome(
                            new Idle(),
                            List.of(
                                    aborted(p.host(), p.port(), reason),
                                    new LeadAgain(),
                                    new ResumeWrites()));
        };
    }

    private static Note aborted(String host, int port, String reason) {
        return note("FAILOVER to " + name(host, port) + " aborted: " + reason);
    }

    private static Outcome answered(State state, boolean accepted) {
        if (!(state instanceof InProgress p)) {
            return new Outcome(state, List.of());
        }
        return accepted
                ? new Outcome(new Idle(), List.of(new ResumeWrites()))
                : abort(p, "Failover target rejected psync request");
    }

    private static Outcome tick(WaitForSync w, Context at) {
        if (at.nowMs() >= w.deadlineMs()) {
            if (!w.forced()) {
                return abort(w, "Replica never caught up before timeout");
            }
            return hand(w.host(), w.port(), " time out exceeded, failing over.");
        }
        for (Candidate c : at.followers()) {
            boolean meant =
                    w.host() == null || w.host().equalsIgnoreCase(c.host()) && w.port() == c.port();
            if (meant && c.online() && c.acked() == at.end()) {
                return hand(c.host(), c.port(), " is synced, failing over.");
            }
        }
        return new Outcome(w, List.of());
    }

    private static Outcome hand(String host, int port, String how) {
        String subject = how.startsWith(" is") ? "Failover target " : "FAILOVER to ";
        return new Outcome(
                new InProgress(host, port),
                List.of(
                        note(subject + host + ":" + port + how),
                        new FollowAndAskToLead(host, port)));
    }
}
