package io.ferrite.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.spec.CommandCatalog;
import io.ferrite.spec.CommandSpec;
import io.ferrite.store.Keyspace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * An engine in the test's own thread: runs commands one by one, with a clock that the test moves,
 * and shows what each replied, passed on and announced. No sockets, no locks, no sleeping.
 *
 * <p>Replies are compared in their encoded form made readable: lines joined by {@code |}, so that
 * {@code "*2|$1|a|:1|"} is what the wire carries.
 */
public final class CommandFixture implements AutoCloseable {

    private static final CommandCatalog CATALOG = CommandCatalog.load();
    private static final long START_MS = 1_700_000_000_000L;

    private final Keyspace keyspace;
    private final RecordingSink sink = new RecordingSink();
    private final Engine engine;
    private final ExecutionUnit unit;
    private final Session session;
    private final List<String> pushed = new ArrayList<>();
    private final Slab clientSlab = new Slab();
    private final NativeReplyWriter retryReply = new NativeReplyWriter(64);
    private long nowMs = START_MS;

    private CommandFixture(int protocol, Consumer<CommandTable.Builder> more) {
        keyspace = FixtureKeyspace.create();
        CommandTable.Builder table = CommandTable.builder(CATALOG);
        Families.register(table);
        more.accept(table);
        engine = new Engine(keyspace, table.build(), sink);
        engine.setNotifyMask(EventClass.ALL | EventClass.KEY_MISS | EventClass.KEYEVENT);
        unit = new ExecutionUnit(engine, clientSlab, new SplittableRandom(1));
        session = new Session(new RecordingOutbox(), "127.0.0.1:1", "127.0.0.1:2", nowMs);
        session.setProtocol(protocol);
        Session listener = new Session(new RecordingOutbox(), "127.0.0.1:3", "127.0.0.1:2", nowMs);
        engine.pubSub()
                .subscribePattern(
                        listener, new ByteKey("__key*__:*".getBytes(StandardCharsets.US_ASCII)));
    }

    public static CommandFixture create() {
        return new CommandFixture(2, none -> {});
    }

    /** With commands of other modules besides those of the engine. */
    public static CommandFixture with(Consumer<CommandTable.Builder> more) {
        return new CommandFixture(2, more);
    }

    public static CommandFixture resp3() {
        return new CommandFixture(3, none -> {});
    }

    public Engine engine() {
        return engine;
    }

    public Session session() {
        return session;
    }

    /** Moves the clock on. */
    public void advance(Duration by) {
        nowMs += by.toMillis();
    }

    public long nowMs() {
        return nowMs;
    }

    /** Runs a command given as one line; arguments with blanks go through {@link #call}. */
    public Result run(String line) {
        return call(line.split(" "));
    }

    /** Runs a command given as arguments, each character one byte. */
    public Result call(String... words) {
        byte[][] arguments = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            arguments[i] = words[i].getBytes(StandardCharsets.ISO_8859_1);
        }
        return call(arguments);
    }

    public Result call(byte[]... arguments) {
        return call(session, arguments);
    }

    private Result call(Session session, byte[]... arguments) {
        sink.entries.clear();
        pushed.clear();
        String name =
                new String(arguments[0], StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        try (NativeReplyWriter reply = new NativeReplyWriter(64);
                Request request = Request.of(arguments)) {
            reply.setProtocol(session.protocol());
            CommandSpec spec = CATALOG.find(name);
            assertThat(spec).as("specification of " + name).isNotNull();
            if (spec.isContainer() && arguments.length > 1) {
                CommandSpec sub = spec.subcommand(request.arg(1));
                spec = sub == null ? spec : sub;
            }
            Command command = engine.commands().of(spec);
            assertThat(command).as("handler of " + name).isNotNull();
            keyspace.access().setTime(nowMs);
            unit.begin(session, reply, nowMs);
            if (!command.accepts(arguments.length)) {
                reply.error(CommandError.arity(command.name()).getMessage());
            } else {
                unit.run(command, request);
                unit.commit();
            }
            engine.blocking()
                    .serve(unit, retryReply, nowMs, -1L, (served, rejected, succeeded) -> {});
            return new Result(
                    readable(reply.toBytes()), List.copyOf(sink.entries), List.copyOf(pushed));
        }
    }

    /** Queues a command for EXEC, as the dispatcher does between MULTI and it. */
    public void queue(String line) {
        String[] words = line.split(" ");
        byte[][] arguments = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            arguments[i] = words[i].getBytes(StandardCharsets.ISO_8859_1);
        }
        session.queued().add(Request.of(arguments));
        session.queuedCommands().add(engine.commands().of(words[0].toLowerCase(Locale.ROOT)));
    }

    /** Another client of the same engine. */
    public Client client() {
        return new Client();
    }

    /** A client that may wait: its commands run in turn with those of others. */
    public final class Client {
        private final Session own;
        private String answer;

        private Client() {
            own = new Session(new AnswerOutbox(this), "127.0.0.1:9", "127.0.0.1:2", nowMs);
            own.setProtocol(session.protocol());
        }

        /** Runs a command given as one line; its late answer is {@link #answer}. */
        public Result run(String line) {
            String[] words = line.split(" ");
            byte[][] arguments = new byte[words.length][];
            for (int i = 0; i < words.length; i++) {
                arguments[i] = words[i].getBytes(StandardCharsets.ISO_8859_1);
            }
            answer = null;
            return call(own, arguments);
        }

        /** Runs a command that has to leave this client waiting, without any effect. */
        public Client waits(String line) {
            run(line).replies("").hasNoEffects();
            assertThat(isWaiting()).isTrue();
            return this;
        }

        public boolean isWaiting() {
            return own.has(Session.BLOCKED);
        }

        /** The time is up for this client. */
        public void timeOut() {
            engine.blocking().remove(own.waiter());
            own.outbox().answer(own.waiter().onTimeout());
            own.waiter().request().close();
        }

        /** What a client that waited was told in the end, or null. */
        public String answer() {
            return answer;
        }
    }

    /** Takes the late answers of a client. */
    private final class AnswerOutbox extends NoOutbox {
        private final Client client;

        AnswerOutbox(Client client) {
            this.client = client;
        }

        @Override
        public void answer(Consumer<ReplyWriter> reply) {
            client.own.clear(Session.BLOCKED);
            try (NativeReplyWriter out = new NativeReplyWriter(64)) {
                out.setProtocol(client.own.protocol());
                reply.accept(out);
                client.answer = readable(out.toBytes());
            }
        }
    }

    private static String readable(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).replace("\r\n", "|");
    }

    @Override
    public void close() {
        keyspace.close();
    }

    /** What a command did. Every method returns the result itself. */
    public record Result(String reply, List<String> passedOn, List<String> events) {

        /** The whole encoded reply, line ends as {@code |}. */
        public Result replies(String encoded) {
            assertThat(reply).isEqualTo(encoded);
            return this;
        }

        public Result repliesBulk(String text) {
            return replies("$" + text.length() + "|" + text + "|");
        }

        public Result repliesInteger(long value) {
            return replies(":" + value + "|");
        }

        public Result repliesNil() {
            assertThat(reply).isIn("$-1|", "_|");
            return this;
        }

        public Result repliesOk() {
            return replies("+OK|");
        }

        /** An array of bulk strings. */
        public Result repliesArray(String... items) {
            StringBuilder encoded = new StringBuilder("*" + items.length + "|");
            for (String item : items) {
                encoded.append('$').append(item.length()).append('|').append(item).append('|');
            }
            return replies(encoded.toString());
        }

        /** An error line and no effect. */
        public Result refuses(String line) {
            return replies("-" + line + "|").hasNoEffects();
        }

        /** Commands for followers, words joined by blanks; expiry moments as they are. */
        public Result propagates(String... commands) {
            assertThat(passedOn).containsExactly(commands);
            return this;
        }

        public Result hasNoEffects() {
            assertThat(passedOn).isEmpty();
            return this;
        }

        /** That an event was announced for a key, among others perhaps. */
        public Result notifies(String event, String key) {
            assertThat(events).contains(event + " " + key);
            return this;
        }

        /** All events in their order, each as {@code event key}. */
        public Result announces(String... all) {
            assertThat(events).containsExactly(all);
            return this;
        }

        public Result notifiesNothing() {
            assertThat(events).isEmpty();
            return this;
        }
    }

    private static final class RecordingSink implements EffectSink {
        private final List<String> entries = new ArrayList<>();

        @Override
        public boolean active() {
            return true;
        }

        @Override
        public long append(int database, long address, int length, int databaseAfter) {
            String text = new String(Memory.toBytes(address, length), StandardCharsets.ISO_8859_1);
            int at = 0;
            while (at < text.length()) {
                int end = text.indexOf("\r\n", at);
                int words = Integer.parseInt(text.substring(at + 1, end));
                at = end + 2;
                StringBuilder command = new StringBuilder();
                for (int i = 0; i < words; i++) {
                    end = text.indexOf("\r\n", at);
                    int size = Integer.parseInt(text.substring(at + 1, end));
                    command.append(i == 0 ? "" : " ").append(text, end + 2, end + 2 + size);
                    at = end + 2 + size + 2;
                }
                entries.add(command.toString());
            }
            return 0;
        }
    }

    private final class RecordingOutbox extends NoOutbox {
        @Override
        public void push(byte[] message) {
            String[] lines = readable(message).split("\\|");
            if (lines.length >= 9 && lines[2].equals("pmessage")) {
                // *4 $8 pmessage $n pattern $n __keyevent@0__:EVENT $n KEY
                pushed.add(lines[6].substring(lines[6].indexOf(':') + 1) + " " + lines[8]);
            }
        }
    }
}
