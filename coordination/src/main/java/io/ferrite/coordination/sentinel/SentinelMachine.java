package io.ferrite.coordination.sentinel;

import io.ferrite.coordination.sentinel.Link.Channel;
import java.util.List;

/**
 * A whole Sentinel: (state, input, context) to (next state, effects).
 *
 * <p>Pure: no clock, no chance, no I/O, no threads, no log. Same state, input and context, same
 * step. Who drives it performs the effects in their order, and reports back what became of them.
 *
 * <p>Each instance is pinged, servers are asked for INFO, and hellos tell Sentinels of each other.
 * An instance that does not answer is <i>subjectively</i> down; a master that a quorum of Sentinels
 * sees so is <i>objectively</i> down. Then Sentinels ask each other for votes, and the one elected
 * leads the {@link Failover}.
 *
 * <p>Safety rests on three things: a Sentinel votes once in an epoch and says so only when the vote
 * would survive a crash; a leader has the votes of most of the Sentinels; what it decides carries
 * its epoch, and everybody follows the decision of the highest.
 */
public final class SentinelMachine {

    /** What a step led to. */
    public record Outcome(SentinelState next, List<Effect> effects) {}

    private final Rules rules;

    public SentinelMachine() {
        this(Rules.STANDARD);
    }

    /** A machine with other rules, for simulations. */
    public SentinelMachine(Rules rules) {
        this.rules = rules;
    }

    public Outcome step(SentinelState state, Input input, Context at) {
        Turn t = new Turn(state, at, rules);
        switch (input) {
            case Input.Tick _ -> Monitoring.tick(t);
            case Input.Started _ -> started(t);
            case Input.Opened news -> Connections.opened(t, news);
            case Input.Closed news -> Connections.closed(t, news);
            case Input.Replied news -> replied(t, news);
            case Input.Heard news -> Hellos.heard(t, news);
            case Input.Greeted news -> Hellos.receive(t, news.message());
            case Input.OpinionAsked question -> Opinions.asked(t, question);
            case Input.Persisted news -> persisted(t, news);
            case Input.Monitor order -> Orders.monitor(t, order);
            case Input.Remove order -> Orders.remove(t, order);
            case Input.Reset order -> Orders.reset(t, order);
            case Input.FailOver order -> Orders.failOver(t, order);
            case Input.Change order -> SettingsChange.apply(t, order);
            case Input.ChangeGlobal order -> Orders.changeGlobal(t, order);
            case Input.ChangeTiming order -> {
                t.setTiming(order.timing());
                Orders.ok(t, order.ticket());
            }
            case Input.SimulateFailures order -> {
                t.setFailures(order.failures());
                Orders.ok(t, order.ticket());
            }
            case Input.Flush order -> Orders.saved(t, order.ticket());
        }
        SentinelState next = t.state();
        checkLegal(state, next);
        return new Outcome(next, t.effects());
    }

    private static void started(Turn t) {
        t.ticked();
        t.beginWatch();
        // The time since the file was read tells nothing of anybody.
        t.restartLinks();
        for (Master master : t.masters()) {
            String tail = " quorum " + master.settings().quorum();
            t.event(Severity.WARNING, "+monitor", Ref.master(master.name()), tail);
        }
    }

    private static void replied(Turn t, Input.Replied news) {
        if (!Connections.isCurrent(t, news.link(), news.channel(), news.connection())) {
            return;
        }
        t.put(t.link(news.link()).withPending(-1));
        Ref about = news.ask().about();
        switch (news.ask().purpose()) {
            case PING -> Monitoring.ponged(t, news);
            case INFO -> {
                Instance instance = t.instance(about);
                if (instance != null
                        && instance.link() == news.link()
                        && news.reply() instanceof Reply.Text text) {
                    InfoNews.received(t, about, text.text());
                }
            }
            case HELLO -> Hellos.answered(t, about, news.reply());
            case OPINION -> Opinions.answered(t, about, news.reply());
            case SUBSCRIBE -> Connections.subscribed(t, news);
            case ROLE_CHANGED -> {
                Instance instance = t.instance(about);
                if (instance != null
                        && instance.link() == news.link()
                        && news.channel() == Channel.COMMAND) {
                    Connections.info(t, about);
                }
            }
            case NOTHING -> {}
        }
    }

    private static void persisted(Turn t, Input.Persisted news) {
        if (news.done()) {
            for (Master before : t.masters()) {
                t.put(before.saved(news.ticket()));
                boolean isNews =
                        !before.isConfigDurable() && before.saved(news.ticket()).isConfigDurable();
                if (isNews && before.settings().noLoss()) {
                    Hellos.sendSoon(t, before.name());
                }
            }
        }
        Opinions.persisted(t, news);
        if (news.done() && !t.isTilted()) {
            for (Master master : t.masters()) {
                if (master.failover() instanceof Failover.Electing) {
                    Failovers.advance(t, master.name()); // its own vote counts now
                }
            }
        }
    }

    /** What holds of every step, whatever the input. */
    private static void checkLegal(SentinelState before, SentinelState after) {
        require(after.epoch() >= before.epoch(), "an epoch never goes back");
        for (Master now : after.masters().values()) {
            Master then = before.masters().get(now.name());
            if (then == null) {
                continue;
            }
            require(now.vote().epoch() >= then.vote().epoch(), "a vote is never taken back");
            require(now.configEpoch() >= then.configEpoch(), "a configuration never goes back");
            boolean promoting = now.failover() instanceof Failover.AwaitingMaster;
            require(
                    !promoting || now.replicas().containsKey(now.failover().candidate()),
                    "only a known replica is promoted");
        }
    }

    private static void require(boolean holds, String fact) {
        if (!holds) {
            throw new IllegalStateException(fact);
        }
    }
}
