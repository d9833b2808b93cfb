package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random commands with hostile arguments over a few keys, sent to a server of ours and to a real
 * redis-server, one and the same: every reply must be the same, and from time to time all data.
 *
 * <p>{@code -Dferrite.fuzz.seconds=600} runs longer, {@code -Dferrite.fuzz.seed=N} runs what a
 * report names again, {@code -Dferrite.fuzz.groups=StringGroup,...} only these.
 */
final class DifferentialFuzzTest {
    /** What runs when no seed is asked for: a red run is then everybody's, not one machine's. */
    private static final long USUAL_SEED = 20261121;

    private static final int BATCH = 120;
    private static final int BATCHES_PER_EPISODE = 4;
    private static final int MOST_REPORTED = 20;

    /** The type of a dump with details that 7.0 has no place for: when a consumer was active. */
    private static final char STREAM_OF_7_2 = 21;

    private record Drawn(CommandGroup group, List<String> command) {

        String name() {
            return command.get(0);
        }
    }

    @TempDir Path directory;

    private final List<String> report = new ArrayList<>();
    private final Set<String> reported = new HashSet<>();

    /** The commands of the transaction under way. */
    private final List<Drawn> queued = new ArrayList<>();

    /** What a transaction's last compared reply was, for the report. */
    private String inside = "";

    private EffectsTap redisEffects;
    private EffectsTap ferriteEffects;
    private RespConnection reference;
    private RespConnection ours;
    private long commands;

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void everyReply_isTheReferences(int protocol) throws IOException {
        assumeTrue(RealRedis.isInstalled(), "redis-server is not installed");
        long seed = Long.getLong("ferrite.fuzz.seed", USUAL_SEED);
        long seconds = Long.getLong("ferrite.fuzz.seconds", 20) / 2;
        System.out.println("ferrite.fuzz.seed=" + seed + " protocol " + protocol);
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        try (RealRedis redis = RealRedis.start(directory);
                InProcessServer ferrite = new InProcessServer(1);
                EffectsTap toldByRedis = new EffectsTap(redis.port());
                EffectsTap toldByFerrite = new EffectsTap(ferrite.port())) {
            redisEffects = toldByRedis;
            ferriteEffects = toldByFerrite;
            for (long episode = seed; System.nanoTime() < end; episode++) {
                runEpisode(redis.port(), ferrite.port(), protocol, episode);
                if (report.size() >= MOST_REPORTED) {
                    break;
                }
            }
        }
        System.out.println(commands + " commands compared");
        assertThat(String.join("\n", report)).as("differences, from seed " + seed).isEmpty();
    }

    /** One seed: from empty servers on fresh connections until all is drawn or a reply differs. */
    private void runEpisode(int redisPort, int ferritePort, int protocol, long seed)
            throws IOException {
        Draw draw = new Draw(new SplittableRandom(seed));
        queued.clear();
        try (RespConnection toRedis = new RespConnection(redisPort);
                RespConnection toFerrite = new RespConnection(ferritePort);
                Waiter atRedis = new Waiter(redisPort);
                Waiter atFerrite = new Waiter(ferritePort);
                EventTap redisEvents = new EventTap(redisPort);
                EventTap ferriteEvents = new EventTap(ferritePort)) {
            reference = toRedis;
            ours = toFerrite;
            for (RespConnection each : List.of(reference, ours)) {
                if (protocol == 3) {
                    Reply hello = each.call("HELLO", "3");
                    assumeTrue(!hello.isError(), "RESP3 is not spoken: " + hello);
                }
                each.call("FLUSHALL");
            }
            List<String> history = new ArrayList<>();
            for (int batch = 0; batch < BATCHES_PER_EPISODE; batch++) {
                int before = history.size();
                redisEvents.drain();
                ferriteEvents.drain();
                redisEffects.drain();
                ferriteEffects.drain();
                Drawn wait = new Drawn(new SortedSetGroup(), WaitingCommands.next(draw, "0"));
                atRedis.send(wait.command);
                atFerrite.send(wait.command);
                history.add("(one waits) " + Words.readable(wait.command));
                if (!runBatch(draw, wait.command, seed, history)
                        || !compare(wait, atRedis.stop(), atFerrite.stop(), seed, history)
                        || !same(
                                "events",
                                redisEvents.drain(),
                                ferriteEvents.drain(),
                                seed,
                                history,
                                before)
                        || !sameEffects(seed, history, before)
                        || batch % 2 == 1 && !compareData(seed, history)) {
                    return;
                }
            }
        } catch (IOException lost) {
            throw new IOException("seed " + seed + ": " + lost.getMessage(), lost);
        }
    }

    private boolean runBatch(Draw draw, List<String> waiting, long seed, List<String> history)
            throws IOException {
        List<Drawn> batch = new ArrayList<>();
        List<CommandGroup> groups = Groups.ofEpisode(seed);
        while (batch.size() < BATCH) {
            CommandGroup group = draw.oneOf(groups);
            Drawn drawn = new Drawn(group, group.next(draw));
            for (String key : KnownDifferences.toBeGoneBefore(drawn.command, waiting)) {
                batch.add(new Drawn(new GenericGroup(), List.of("DEL", key)));
            }
            batch.add(drawn);
        }
        List<List<String>> words = batch.stream().map(Drawn::command).toList();
        reference.send(words);
        ours.send(words);
        boolean same = true;
        for (Drawn drawn : batch) {
            Reply expected = reference.read();
            Reply actual = ours.read();
            commands++;
            if (same) {
                history.add(Words.readable(drawn.command) + "  ->  " + expected);
                same = compare(drawn, expected, actual, seed, history);
            }
        }
        return same;
    }

    private boolean sameEffects(long seed, List<String> history, int from) throws IOException {
        List<String> expected = redisEffects.drain();
        List<String> actual =
                KnownDifferences.withoutEarlyConsumers(ferriteEffects.drain(), expected);
        return same("effects", expected, actual, seed, history, from);
    }

    /** Both servers announced or passed on the same, in the same order. */
    private boolean same(
            String what,
            List<String> expected,
            List<String> actual,
            long seed,
            List<String> history,
            int from) {
        if (expected.equals(actual)) {
            return true;
        }
        int at = 0;
        while (at < Math.min(expected.size(), actual.size())
                && expected.get(at).equals(actual.get(at))) {
            at++;
        }
        List<String> wanted = expected.subList(at, Math.min(expected.size(), at + 3));
        List<String> got = actual.subList(at, Math.min(actual.size(), at + 3));
        if (reported.add(what + eventName(wanted) + eventName(got))) {
            StringBuilder text = new StringBuilder("\nseed " + seed + ", " + what + " of\n");
            history.subList(from, history.size())
                    .forEach(line -> text.append("    ").append(shortened(line)).append('\n'));
            text.append("  after ").append(at).append(" of them: ");
            text.append(expected.subList(Math.max(0, at - 2), at));
            text.append("\n  expected ").append(wanted).append("\n  but was  ").append(got);
            report.add(text.append('\n').toString());
        }
        return false;
    }

    private static String shortened(String line) {
        return line.length() <= 100 ? line : line.substring(0, 100) + "...";
    }

    private static String eventName(List<String> events) {
        return events.isEmpty() ? "" : events.get(0).split(" ")[0];
    }

    private boolean compare(
            Drawn drawn, Reply expected, Reply actual, long seed, List<String> history) {
        if (agree(drawn, expected, actual)) {
            return true;
        }
        List<String> command = drawn.command;
        String kind = command.get(0) + kind(expected) + kind(actual);
        if (reported.add(kind)) {
            StringBuilder text = new StringBuilder("\nseed " + seed + ", after\n");
            int from = Math.max(0, history.size() - 16);
            history.subList(from, history.size() - 1)
                    .forEach(line -> text.append("    ").append(line).append('\n'));
            text.append("  ").append(Words.readable(command));
            text.append("\n  expected ").append(expected).append("\n  but was  ").append(actual);
            text.append(command.get(0).equals("EXEC") ? inside : "");
            report.add(text.append('\n').toString());
        }
        return false;
    }

    private boolean agree(Drawn drawn, Reply expected, Reply actual) {
        if (drawn.name().equals("EXEC") && expected.isAggregate()) {
            List<Drawn> ran = List.copyOf(queued);
            queued.clear();
            boolean same =
                    actual.items().size() == expected.items().size()
                            && ran.size() == expected.items().size();
            for (int i = 0; same && i < ran.size(); i++) {
                Reply a = expected.items().get(i);
                Reply b = actual.items().get(i);
                same = alike(ran.get(i), a, b);
                inside =
                        "\n  in it "
                                + Words.readable(ran.get(i).command)
                                + "\n  expected "
                                + a
                                + "\n  but was  "
                                + b;
            }
            return same;
        }
        if (List.of("MULTI", "DISCARD", "EXEC").contains(drawn.name()) && !expected.isError()) {
            queued.clear();
        } else if (expected.type() == '+' && "QUEUED".equals(expected.text())) {
            queued.add(drawn);
        }
        return alike(drawn, expected, actual);
    }

    private static boolean alike(Drawn drawn, Reply expected, Reply actual) {
        Reply a = drawn.group.comparable(drawn.command, expected);
        Reply b = drawn.group.comparable(drawn.command, actual);
        return a.equals(b)
                || KnownDifferences.explain(
                        new KnownDifferences.Exchange(drawn.command, expected, actual));
    }

    private static String kind(Reply reply) {
        return reply.isError() ? reply.toString() : Character.toString(reply.type());
    }

    /** All keys of all databases in use, with type, encoding, expiry and value. */
    private boolean compareData(long seed, List<String> history) throws IOException {
        both("DISCARD");
        for (String database : List.of("0", "1", "2")) {
            both("SELECT", database);
            history.add("(data of database " + database + ")");
            if (!sameData(seed, history)) {
                return false;
            }
        }
        both("SELECT", "0");
        return true;
    }

    private boolean sameData(long seed, List<String> history) throws IOException {
        CommandGroup generic = new GenericGroup();
        List<List<String>> questions = Dataset.questions(reference, true);
        List<Reply> allExpected = Dataset.askAll(reference, questions);
        List<Reply> allActual = Dataset.askAll(ours, questions);
        for (int i = 0; i < questions.size(); i++) {
            List<String> question = questions.get(i);
            Reply expected = allExpected.get(i);
            Reply actual = allActual.get(i);
            history.add(Words.readable(question) + "  ->  " + expected);
            if (!compare(new Drawn(generic, question), expected, actual, seed, history)) {
                return false;
            }
        }
        return dumpsAreExchangeable(seed, history);
    }

    /** What one server dumps, the other restores to the same value. */
    private boolean dumpsAreExchangeable(long seed, List<String> history) throws IOException {
        CommandGroup generic = new GenericGroup();
        for (String key : Draw.keys()) {
            String theirDump = reference.call("DUMP", key).text();
            String ourDump = ours.call("DUMP", key).text();
            if (theirDump == null || ourDump.charAt(0) == STREAM_OF_7_2) {
                continue;
            }
            for (boolean toOurs : new boolean[] {true, false}) {
                String payload = toOurs ? theirDump : ourDump;
                List<String> command = List.of("RESTORE", "restored", "0", payload, "REPLACE");
                String[] words = command.toArray(new String[0]);
                Reply restored = toOurs ? ours.call(words) : reference.call(words);
                Reply ok = Reply.line('+', "OK");
                history.add("DUMP and RESTORE of " + Words.readable(key));
                if (!compare(new Drawn(generic, command), ok, restored, seed, history)) {
                    return false;
                }
            }
            String type = reference.call("TYPE", "restored").text();
            List<String> question = Dataset.valueOf(type, "restored");
            Reply expected = Dataset.ask(reference, question);
            Reply actual = Dataset.ask(ours, question);
            if (!compare(new Drawn(generic, question), expected, actual, seed, history)) {
                return false;
            }
        }
        both("DEL", "restored");
        return true;
    }

    private void both(String... words) throws IOException {
        reference.call(words);
        ours.call(words);
    }
}
