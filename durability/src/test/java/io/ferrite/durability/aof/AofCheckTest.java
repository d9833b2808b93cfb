package io.ferrite.durability.aof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.base.disk.DiskFile;
import io.ferrite.testkit.RealRedis;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tool says of files, and what it does to them; side by side with the real one. */
final class AofCheckTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20261127L);
    private static final String MANIFEST =
            "file a.1.base.aof seq 1 type b\n"
                    + "file a.1.incr.aof seq 1 type i\n"
                    + "file a.2.incr.aof seq 2 type i\n";
    private static final String FIRST = command("SELECT", "0") + command("SET", "k", "v");
    private static final String SECOND =
            "#TS:100\r\n" + command("MULTI") + command("INCR", "n") + command("EXEC");
    private static final String LAST =
            "#TS:200\r\n"
                    + command("RPUSH", "l", "a", "b")
                    + "#TS:300\r\n"
                    + command("SET", "x", "")
                    + command("MULTI")
                    + command("SET", "y", "1")
                    + command("SET", "z", "2")
                    + command("EXEC")
                    + "#TS:400\r\n"
                    + command("PING");

    private static String command(String... words) {
        StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Map<String, byte[]> sound() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("a.manifest", bytes(MANIFEST));
        files.put("a.1.base.aof", bytes(FIRST));
        files.put("a.1.incr.aof", bytes(SECOND));
        files.put("a.2.incr.aof", bytes(LAST));
        return files;
    }

    /** What a run said, how it ended and what it left. */
    private record Outcome(int status, String said, Map<String, String> files) {}

    private static Outcome ours(Map<String, byte[]> files, String answer, List<String> words)
            throws IOException {
        SimulatedDisk disk = new SimulatedDisk("/d");
        files.forEach((name, bytes) -> disk.put("/d/" + name, bytes));
        StringBuilder said = new StringBuilder();
        AofCheck.Console console =
                new AofCheck.Console() {
                    @Override
                    public void print(String text) {
                        said.append(text);
                    }

                    @Override
                    public String ask() {
                        return answer;
                    }
                };
        AofCheck check = new AofCheck(disk, "/d", console, AofCheckTest::noSnapshot);
        int status = check.run("redis-check-aof", words);
        Map<String, String> left = new TreeMap<>();
        for (String name : disk.list("/d")) {
            left.put(name, text(disk.contents("/d/" + name)));
        }
        return new Outcome(status, said.toString(), left);
    }

    private static long noSnapshot(String path, DiskFile file) {
        return -1;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static Outcome theirs(
            Path directory, Map<String, byte[]> files, String answer, List<String> words)
            throws Exception {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(directory.resolve(file.getKey()), file.getValue());
        }
        List<String> all = new ArrayList<>(List.of("redis-check-aof"));
        all.addAll(words);
        Path input = directory.resolve("input");
        Files.write(input, bytes(answer + "\n"));
        Process process =
                new ProcessBuilder(all)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectInput(input.toFile())
                        .start();
        String said = text(process.getInputStream().readAllBytes());
        int status = process.waitFor();
        Map<String, String> left = new TreeMap<>();
        for (String name : files.keySet()) {
            left.put(name, text(Files.readAllBytes(directory.resolve(name))));
        }
        return new Outcome(status, said, left);
    }

    /** Cuts, flips and adds, mostly in one place. */
    private static void damage(Map<String, byte[]> files, Random random) {
        List<String> names = new ArrayList<>(files.keySet());
        int times = random.nextInt(4) == 0 ? 2 : 1;
        for (int i = 0; i < times; i++) {
            String name = random.nextBoolean() ? "a.2.incr.aof" : names.get(random.nextInt(4));
            byte[] bytes = files.get(name);
            if (bytes.length == 0) {
                continue;
            }
            int at = random.nextInt(bytes.length);
            byte[] other =
                    switch (random.nextInt(5)) {
                        case 0, 1 -> Arrays.copyOf(bytes, at);
                        case 2 -> {
                            byte[] flipped = bytes.clone();
                            flipped[at] ^= (byte) (1 << random.nextInt(7));
                            yield flipped;
                        }
                        case 3 -> {
                            byte[] digit = bytes.clone();
                            digit[at] = (byte) ('0' + random.nextInt(10));
                            yield digit;
                        }
                        default -> bytes(text(bytes) + "*2\r\n$3\r\nSE");
                    };
            files.put(name, other);
        }
    }

    private static List<String> words(Random random) {
        String file = random.nextInt(3) == 0 ? "a.2.incr.aof" : "a.manifest";
        return switch (random.nextInt(4)) {
            case 0 -> List.of(file);
            case 1 ->
                    List.of("--truncate-to-timestamp", Integer.toString(random.nextInt(500)), file);
            default -> List.of("--fix", file);
        };
    }

    @Test
    void damagedFiles_areJudgedAndRepairedAsByTheRealTool(@TempDir Path directory)
            throws Exception {
        assumeTrue(RealRedis.program("redis-check-aof").isPresent(), "no redis-check-aof");
        for (int round = 0; round < 400; round++) {
            Random random = new Random(SEED + round);
            Map<String, byte[]> files = sound();
            if (round > 0) {
                damage(files, random);
            }
            List<String> words = words(random);
            String answer = random.nextInt(4) == 0 ? "n" : "y";
            Outcome real = theirs(directory, files, answer, words);
            assertThat(comparable(ours(files, answer, words)))
                    .as("seed " + (SEED + round) + " " + words)
                    .isEqualTo(comparable(real));
        }
    }

    /**
     * What the real tool shows behind the end of a cut line is what was in its buffer before; what
     * it finds wrong in a list of files it says in lines of a log.
     */
    private static Outcome comparable(Outcome outcome) {
        String said =
                outcome.said()
                        .replaceAll("got: 00[0-9a-f]+", "got: 00")
                        .replaceAll("(?m)^[0-9]+:C .* # ", "")
                        .replaceAll("\n+", "\n");
        return new Outcome(outcome.status(), said, outcome.files());
    }

    @Test
    void aCutTail_isRefused_andCutOffWhenAskedTo() throws IOException {
        Map<String, byte[]> files = sound();
        files.put("a.2.incr.aof", bytes(LAST + "*3\r\n$3\r\nSET\r\n$4\r\nha"));
        Outcome looked = ours(files, null, List.of("a.manifest"));
        assertThat(looked.status()).isEqualTo(1);
        assertThat(looked.said())
                .endsWith("a.2.incr.aof is not valid. Use the --fix option to try fixing it.\n");
        Outcome kept = ours(files, "n", List.of("--fix", "a.manifest"));
        assertThat(kept.status()).isEqualTo(1);
        assertThat(kept.files().get("a.2.incr.aof")).endsWith("ha");
        Outcome fixed = ours(files, "y", List.of("--fix", "a.manifest"));
        assertThat(fixed.status()).isZero();
        assertThat(fixed.said()).endsWith("All AOF files and manifest are valid\n");
        assertThat(fixed.files().get("a.2.incr.aof")).isEqualTo(LAST);
    }

    @Test
    void whatIsYoungerThanATime_isCutOff() throws IOException {
        Outcome cut = ours(sound(), null, List.of("--truncate-to-timestamp", "250", "a.manifest"));
        assertThat(cut.status()).isZero();
        assertThat(cut.files().get("a.2.incr.aof"))
                .isEqualTo(LAST.substring(0, LAST.indexOf("#TS:300")));
    }

    @Test
    void withoutAFile_itSaysHowItIsUsed() throws IOException {
        Outcome nothing = ours(sound(), null, List.of());
        assertThat(nothing.status()).isEqualTo(1);
        assertThat(nothing.said()).startsWith("Usage: redis-check-aof [--fix|");
    }
}
