package io.ferrite.simulation.sentinel;

import io.ferrite.coordination.sentinel.Context;
import io.ferrite.coordination.sentinel.Effect;
import io.ferrite.coordination.sentinel.GlobalSettings;
import io.ferrite.coordination.sentinel.Input;
import io.ferrite.coordination.sentinel.Link.Channel;
import io.ferrite.coordination.sentinel.Master;
import io.ferrite.coordination.sentinel.Names;
import io.ferrite.coordination.sentinel.Reply;
import io.ferrite.coordination.sentinel.SentinelLines;
import io.ferrite.coordination.sentinel.SentinelMachine;
import io.ferrite.coordination.sentinel.SentinelState;
import io.ferrite.coordination.sentinel.Severity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** A Sentinel: the machine of production, its file on a virtual disk, its links on the network. */
final class SimSentinel extends Host {

    static final String MASTER = "mymaster";
    private static final int PORT = 26379;

    private final SentinelMachine machine;
    private final SplittableRandom random;
    private final Mutation mutation;
    private SentinelState state;

    /** What the disk holds for certain. */
    private List<String> durable;

    boolean diskBroken;
    private long diskFreeMs;
    private double clockRate = 1;
    private long clockOffsetMs;
    private long clockSinceMs;
    private final Map<Long, Network.Conn> conns = new HashMap<>();
    private final Map<Network.Conn, long[]> numbers = new HashMap<>();
    private final Map<Long, Consumer<Reply>> questions = new HashMap<>();
    private long nextTicket = 1;

    SimSentinel(World world, int number, List<String> config, Mutation mutation) {
        super(world, "sentinel" + number, "10.0.1." + number, PORT);
        this.mutation = mutation;
        this.machine = new SentinelMachine(mutation.rules());
        this.random = new SplittableRandom(world.random.nextLong());
        this.durable = new ArrayList<>(config);
        durable.add("sentinel myid " + world.hex(40));
        durable.add("sentinel announce-ip " + ip);
        clockOffsetMs = world.between(0, 3_600_000);
        started();
    }

    SentinelState state() {
        return state;
    }

    String id() {
        return state.myId();
    }

    Master master() {
        return state.masters().get(MASTER);
    }

    // --- its clock -------------------------------------------------------------------------------

    private long clockMs() {
        return clockOffsetMs
                + clockSinceMs
                + Math.round((world.nowMs() - clockSinceMs) * clockRate);
    }

    void setClockRate(double rate) {
        long now = clockMs();
        clockSinceMs = world.nowMs();
        clockOffsetMs = now - clockSinceMs;
        clockRate = rate;
    }

    /** A clock that only goes forward may still leap. */
    void leap(long ms) {
        world.note(name + "'s clock leaps " + ms + " ms");
        clockOffsetMs += ms;
    }

    // --- life ------------------------------------------------------------------------------------

    @Override
    void crashed() {
        conns.clear();
        numbers.clear();
        questions.clear();
    }

    @Override
    void started() {
        List<SentinelLines.Line> lines = new ArrayList<>();
        for (String line : durable) {
            List<String> words = List.of(line.split(" "));
            if (!mutation.forgets(words.get(1))) {
                lines.add(new SentinelLines.Line(words.subList(1, words.size()), 1, line));
            }
        }
        SentinelLines.Loaded loaded =
                SentinelLines.load(
                        lines, GlobalSettings.DEFAULT, clockMs(), Names.NONE, path -> true);
        if (loaded.failed() != null) {
            throw new IllegalStateException(loaded.failed().text() + ": " + loaded.reason());
        }
        state = loaded.state();
        if (world.invariants != null) {
            world.invariants.restarted(this);
        }
        feed(new Input.Started());
        tick();
    }

    private void tick() {
        after(random.nextInt(50, 100), this::tick);
        feed(new Input.Tick());
    }

    // --- the machine -----------------------------------------------------------------------------

    void feed(Input input) {
        SentinelState before = state;
        SentinelMachine.Outcome outcome =
                machine.step(state, input, new Context(clockMs(), random, Names.NONE));
        state = outcome.next();
        world.invariants.stepped(this, before, state, outcome.effects());
        outcome.effects().forEach(this::perform);
    }

    private void perform(Effect effect) {
        switch (effect) {
            case Effect.Connect c -> connect(c);
            case Effect.Disconnect d -> {
                Network.Conn conn = conns.remove(d.connection());
                if (conn != null) {
                    numbers.remove(conn);
                    conn.close(null);
                }
            }
            case Effect.Send s -> send(s);
            case Effect.Event e -> {
                if (e.severity() != Severity.DEBUG) {
                    world.note(name + " " + e.type() + " " + e.text());
                }
            }
            case Effect.Note n -> world.note(name + " # " + n.text());
            case Effect.Persist p -> persist(p.ticket());
            case Effect.Answer a -> {
                Consumer<Reply> question = questions.remove(a.ticket());
                if (question != null && a.outcome() instanceof Effect.Outcome.Opinion o) {
                    question.accept(
                            new Reply.Many(
                                    List.of(
                                            new Reply.Number(o.down() ? 1 : 0),
                                            new Reply.Text(o.leader()),
                                            new Reply.Number(o.epoch()))));
                }
            }
            case Effect.NoteDelay _, Effect.Reconfigure _, Effect.Tell _, Effect.Crash _ -> {}
        }
    }

    private void persist(long ticket) {
        List<String> lines = new ArrayList<>();
        SentinelLines.render(state).forEach(line -> lines.add(line.text()));
        boolean broken = diskBroken;
        int delay = world.chance(0.02) ? world.between(50, 800) : world.between(0, 10);
        // One write after the other.
        diskFreeMs = Math.max(diskFreeMs, world.nowMs() + delay);
        after(
                diskFreeMs - world.nowMs(),
                () -> {
                    if (!broken) {
                        durable = lines;
                    }
                    feed(new Input.Persisted(ticket, !broken));
                });
    }

    /** From now on nobody counts as down before this time of silence. */
    void waitFor(long ms) {
        List<String> words = List.of("down-after-milliseconds", Long.toString(ms));
        feed(new Input.Change(nextTicket++, MASTER, words, List.of()));
    }

    // --- its links -------------------------------------------------------------------------------

    private void connect(Effect.Connect c) {
        Host server = world.serverAt(c.to().ip(), c.to().port());
        for (SimSentinel sentinel : world.sentinels) {
            if (sentinel.ip.equals(c.to().ip()) && sentinel.port == c.to().port()) {
                server = sentinel;
            }
        }
        long link = c.link();
        Channel channel = c.channel();
        long number = c.connection();
        Network.Conn conn =
                world.network.connect(
                        this,
                        server,
                        opened -> feed(new Input.Opened(link, channel, number, ip)),
                        reason -> {
                            conns.remove(number);
                            feed(new Input.Closed(link, channel, number, reason));
                        });
        conns.put(number, conn);
        numbers.put(conn, new long[] {link, number});
    }

    private void send(Effect.Send s) {
        Network.Conn conn = conns.get(s.connection());
        if (conn == null || !conn.isOpen()) {
            return;
        }
        Consumer<Reply> answer =
                reply ->
                        conn.toClient(() ->
                                feed(
                                        new Input.Replied(
                                                s.link(),
                                                s.channel(),
                                                s.connection(),
                                                s.ask(),
                                                reply)));
        switch (conn.server) {
            case SimServer server -> conn.toServer(() -> server.command(conn, s.words(), answer));
            case SimSentinel sentinel -> conn.toServer(() -> sentinel.command(s.words(), answer));
            case null, default -> {}
        }
    }

    /** A command of another Sentinel. */
    private void command(List<String> words, Consumer<Reply> answer) {
        switch (words.getFirst()) {
            case "PING" -> answer.accept(new Reply.Status("PONG"));
            case "PUBLISH" -> {
                feed(new Input.Greeted(words.get(2)));
                answer.accept(new Reply.Number(1));
            }
            case "SENTINEL" -> {
                long ticket = nextTicket++;
                questions.put(ticket, answer);
                feed(
                        new Input.OpinionAsked(
                                ticket,
                                words.get(2),
                                Long.parseLong(words.get(3)),
                                Long.parseLong(words.get(4)),
                                words.get(5)));
            }
            default -> answer.accept(new Reply.Status("OK"));
        }
    }

    void heard(Network.Conn conn, String message) {
        long[] number = numbers.get(conn);
        if (number != null) {
            feed(new Input.Heard(number[0], number[1], message));
        }
    }
}
