package io.ferrite.node.sentinel;

import io.ferrite.coordination.sentinel.Ask;
import io.ferrite.coordination.sentinel.Context;
import io.ferrite.coordination.sentinel.Effect;
import io.ferrite.coordination.sentinel.Input;
import io.ferrite.coordination.sentinel.Link.Channel;
import io.ferrite.coordination.sentinel.Reply;
import io.ferrite.coordination.sentinel.SentinelMachine;
import io.ferrite.coordination.sentinel.SentinelState;
import io.ferrite.coordination.sentinel.Severity;
import io.ferrite.node.Node;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.TlsOptions;
import io.ferrite.node.log.LogLevel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongFunction;

/**
 * Drives the machine of a Sentinel: feeds it what happens, and performs its effects in their order.
 * Decides nothing. Event loop 0 only.
 */
public final class SentinelService {

    private static final int LOOKS_PER_SECOND = 10;
    private static final int CRASH_STATUS = 99;

    private final Node node;
    private final SentinelWorld world;
    private final SentinelMachine machine = new SentinelMachine();
    private final SplittableRandom random;
    private final SentinelFile file;
    private final HostNames names;
    private final Errands errands;
    private final long clockBaseMs;

    private final Map<Long, SentinelLink> connections = new HashMap<>();
    private final ArrayDeque<Input> inputs = new ArrayDeque<>();
    private final Map<Long, Effect.Outcome> answers = new HashMap<>();
    private SentinelState state;
    private long nextTicket = 1;
    private boolean busy;

    /**
     * @param from the state that the file holds
     */
    public SentinelService(Node node, SentinelWorld world, SentinelFile file, SentinelState from) {
        this.node = node;
        this.world = world;
        this.file = file;
        this.state = from;
        this.clockBaseMs = node.environment().nowMs() - node.environment().nanos() / 1_000_000;
        this.random =
                new SplittableRandom(Long.parseUnsignedLong(node.environment().randomHex(16), 16));
        this.names = new HostNames(node.environment(), world);
        this.errands = new Errands(world, node.log(), this::nowMs, this::timing, this::event);
    }

    /** The node and its event loops run. */
    public void start() {
        refreshGlobal();
        if (state.myId().isEmpty()) {
            state = state.withId(node.environment().randomHex(40));
        }
        file.save(state);
        node.log().notice("Sentinel ID is " + state.myId());
        feed(new Input.Started());
        tick();
    }

    /** A clock that only goes forward, near the wall's when the process began. */
    public long nowMs() {
        return clockBaseMs + node.environment().nanos() / 1_000_000;
    }

    public SentinelState state() {
        return state;
    }

    Errands errands() {
        return errands;
    }

    HostNames names() {
        return names;
    }

    Node node() {
        return node;
    }

    SentinelWorld world() {
        return world;
    }

    private long timing(io.ferrite.coordination.sentinel.Timing.Name name) {
        return state.timing().get(name);
    }

    private void tick() {
        // Uneven, so that Sentinels that were started together don't try the same at once for ever.
        int perSecond = LOOKS_PER_SECOND + random.nextInt(LOOKS_PER_SECOND);
        node.environment().after(0, 1000 / perSecond, this::tick);
        refreshGlobal();
        feed(new Input.Tick());
        errands.tick();
    }

    /** The port and the password are the server's own settings. */
    private void refreshGlobal() {
        // Others are to come the way that this Sentinel goes to them.
        int tlsPort = isEncrypting() ? node.settings().getInt(TlsOptions.TLS_PORT) : 0;
        int port = tlsPort != 0 ? tlsPort : node.settings().getInt(NetworkOptions.PORT);
        String pass = node.settings().get(ServerOptions.REQUIREPASS);
        if (port != state.global().listenPort() || !pass.equals(state.global().listenPass())) {
            state = state.withGlobal(state.global().withListening(port, pass));
        }
    }

    private boolean isEncrypting() {
        return node.settings().get(TlsOptions.TLS_REPLICATION);
    }

    // --- inputs ----------------------------------------------------------------------------------

    void feed(Input input) {
        inputs.add(input);
        if (busy) {
            return;
        }
        busy = true;
        try {
            Input next;
            while ((next = inputs.poll()) != null) {
                step(next);
            }
        } finally {
            busy = false; // a step that fails has changed nothing
        }
    }

    private void step(Input input) {
        SentinelMachine.Outcome outcome =
                machine.step(state, input, new Context(nowMs(), random, names));
        state = outcome.next();
        new Performance().perform(outcome.effects());
    }

    /** Feeds an order or a question, and answers what it led to. */
    Effect.Outcome ask(LongFunction<Input> question) {
        long ticket = nextTicket++;
        feed(question.apply(ticket));
        return answers.remove(ticket);
    }

    // --- effects ---------------------------------------------------------------------------------

    /** The effects of one step. The state is saved once, however often the step asks for it. */
    private final class Performance {
        private SentinelFile.Saved saved;

        void perform(Iterable<Effect> effects) {
            for (Effect effect : effects) {
                perform(effect);
            }
        }

        private void perform(Effect effect) {
            switch (effect) {
                case Effect.Connect c -> connect(c);
                case Effect.Disconnect d -> {
                    SentinelLink link = connections.remove(d.connection());
                    if (link != null) {
                        link.close();
                    }
                }
                case Effect.Send s -> {
                    SentinelLink link = connections.get(s.connection());
                    if (link != null) {
                        link.send(s.words(), s.ask());
                    }
                }
                case Effect.Event e -> event(e);
                case Effect.Note n -> node.log().line(level(n.severity()), n.text());
                case Effect.NoteDelay d -> noteDelay(d.untilMs());
                case Effect.Reconfigure r -> errands.run(r.script(), r.arguments());
                case Effect.Persist p -> {
                    if (saved == null) {
                        saved = file.save(state);
                    }
                    inputs.add(new Input.Persisted(p.ticket(), saved.durable()));
                }
                case Effect.Answer a -> answers.put(a.ticket(), judged(a.outcome()));
                case Effect.Tell t -> Explain.log(node.log(), state, t);
                case Effect.Crash _ -> {
                    node.log().warning("Sentinel CRASH because of SENTINEL simulate-failure");
                    world.exit(CRASH_STATUS);
                }
            }
        }

        /** An order whose outcome could not be written into the file was not carried out well. */
        private Effect.Outcome judged(Effect.Outcome outcome) {
            boolean unsaved = saved != null && !saved.inFile();
            return unsaved && outcome instanceof Effect.Outcome.Ok
                    ? new Effect.Outcome.Refused(
                            "ERR Failed to save config file. Check server logs.")
                    : outcome;
        }
    }

    private void connect(Effect.Connect c) {
        SentinelLink link = new SentinelLink(new Reports(c.link(), c.channel(), c.connection()));
        connections.put(c.connection(), link);
        String source = node.settings().get(NetworkOptions.BIND_SOURCE_ADDR);
        link.connect(node.environment(), c.to(), source, isEncrypting());
    }

    /** Turns what happens to one connection into inputs. */
    private final class Reports implements SentinelLink.Listener {
        private final long link;
        private final Channel channel;
        private final long connection;

        Reports(long link, Channel channel, long connection) {
            this.link = link;
            this.channel = channel;
            this.connection = connection;
        }

        @Override
        public void opened(String localIp) {
            feed(new Input.Opened(link, channel, connection, localIp));
        }

        @Override
        public void closed(String reason) {
            connections.remove(connection);
            feed(new Input.Closed(link, channel, connection, reason));
        }

        @Override
        public void replied(Ask ask, Reply reply) {
            feed(new Input.Replied(link, channel, connection, ask, reply));
        }

        @Override
        public void message(String text) {
            if (channel == Channel.PUBSUB) {
                feed(new Input.Heard(link, connection, text));
            }
        }
    }

    private static LogLevel level(Severity severity) {
        return switch (severity) {
            case DEBUG -> LogLevel.DEBUG;
            case VERBOSE -> LogLevel.VERBOSE;
            case NOTICE -> LogLevel.NOTICE;
            case WARNING -> LogLevel.WARNING;
        };
    }

    /** Log, subscribers, scripts, webhooks. */
    private void event(Effect.Event e) {
        node.log().line(level(e.severity()), e.type() + " " + e.text());
        if (e.severity() != Severity.DEBUG) {
            node.engine()
                    .pubSub()
                    .publish(
                            e.type().getBytes(StandardCharsets.ISO_8859_1),
                            e.text().getBytes(StandardCharsets.ISO_8859_1));
        }
        errands.notify(e);
    }

    private void noteDelay(long untilMs) {
        String when = world.wallClock(node.environment().nowMs() + untilMs - nowMs());
        node.log().notice("Next failover delay: I will not start a failover before " + when);
    }
}
