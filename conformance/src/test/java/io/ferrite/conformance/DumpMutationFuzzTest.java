package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * DUMP payloads of values of every type and encoding, damaged, with a checksum that is right again:
 * RESTORE refuses one, or the value works under every command that is tried. A stray access ends
 * the connection, as memory is checked, and so does any failure of ours.
 *
 * <p>{@code -Dferrite.fuzz.seconds=600} runs longer, {@code -Dferrite.fuzz.seed=N} runs what a
 * report names again.
 */
final class DumpMutationFuzzTest {

    private static final long USUAL_SEED = 20261127;
    private static final long CRC_POLYNOMIAL = 0x95AC9329AC4BC9B5L;

    /** So many payloads are tried at least, however slow the machine is. */
    private static final int LEAST = 300;

    /** Two bytes of version and eight of checksum. */
    private static final int FOOTER = 10;

    private static final List<String> READS =
            List.of(
                    "TYPE k",
                    "OBJECT ENCODING k",
                    "MEMORY USAGE k SAMPLES 0",
                    "DEBUG OBJECT k",
                    "COPY k copy REPLACE",
                    "DUMP copy",
                    "SCAN 0 MATCH k COUNT 10",
                    "SORT_RO k ALPHA LIMIT 0 5");

    private final SplittableRandom random;
    private final long seed = Long.getLong("ferrite.fuzz.seed", USUAL_SEED);
    private RespConnection server;
    private String doing = "";

    DumpMutationFuzzTest() {
        this.random = new SplittableRandom(seed);
    }

    @Test
    void damagedPayload_isRefused_orGivesAValueThatWorks() throws IOException {
        long seconds = Long.getLong("ferrite.fuzz.seconds", 8);
        System.out.println("ferrite.fuzz.seed=" + seed);
        long tried = 0;
        long accepted = 0;
        try (InProcessServer ferrite = new InProcessServer(1);
                RespConnection connection = new RespConnection(ferrite.port())) {
            server = connection;
            List<String> sound = population();
            long end = System.nanoTime() + seconds * 1_000_000_000L;
            while (tried < LEAST || System.nanoTime() < end) {
                String payload = mutated(sound.get(random.nextInt(sound.size())));
                tried++;
                accepted += tryOut(payload) ? 1 : 0;
            }
        }
        System.out.println(tried + " payloads, " + accepted + " accepted");
        assertThat(accepted).isPositive();
        assertThat(tried).isGreaterThan(accepted);
    }

    private Reply run(String line) throws IOException {
        doing = line;
        return server.call(line.split(" "));
    }

    /** True when the server took the value. */
    private boolean tryOut(String payload) throws IOException {
        try {
            doing = "RESTORE";
            Reply reply = server.call("RESTORE", "k", "0", payload, "REPLACE");
            if (reply.isError()) {
                assertThat(reply.text()).isEqualTo("ERR Bad data format");
                return false;
            }
            for (String read : READS) {
                run(read);
            }
            String type = run("TYPE k").text();
            for (String command : commandsOf(type)) {
                run(command);
            }
            assertThat(run("DUMP k").type()).isEqualTo('$');
            run("FLUSHALL");
            return true;
        } catch (IOException e) {
            byte[] bytes = Words.bytes(payload);
            throw new AssertionError(
                    "seed " + seed + ", " + doing + " of " + HexFormat.of().formatHex(bytes), e);
        }
    }

    private List<String> commandsOf(String type) {
        int n = random.nextInt(70);
        return switch (type) {
            case "string" -> strings(n);
            case "list" -> lists(n);
            case "set" -> sets(n);
            case "hash" -> hashes();
            case "zset" -> sortedSets(n);
            case "stream" -> streams(n);
            default -> List.of();
        };
    }

    private static List<String> strings(int n) {
        return List.of(
                "GET k",
                "STRLEN k",
                "APPEND k x",
                "GETRANGE k 0 " + n,
                "PFCOUNT k",
                "PFADD k a b c",
                "PFMERGE m k",
                "SETRANGE k " + n + " x",
                "BITCOUNT k",
                "BITPOS k 1",
                "INCR k",
                "BITFIELD k INCRBY i5 " + n + " 3",
                "LCS k copy");
    }

    private static List<String> lists(int n) {
        return List.of(
                "LLEN k",
                "LRANGE k 0 -1",
                "LPOS k x",
                "LINDEX k " + n,
                "LSET k 0 new",
                "LINSERT k BEFORE x y",
                "LPUSH k a 1 300000",
                "RPUSH k b",
                "LREM k 0 a",
                "LTRIM k 1 -2",
                "LPOP k",
                "RPOP k " + n,
                "LRANGE k " + n + " -1",
                "RPUSH k " + "z".repeat(9000),
                "LMOVE k k LEFT RIGHT");
    }

    private static List<String> sets(int n) {
        return List.of(
                "SCARD k",
                "SMEMBERS k",
                "SISMEMBER k x",
                "SRANDMEMBER k -20",
                "SSCAN k 0 COUNT 1000",
                "SADD k 5 x yy",
                "SREM k 5",
                "SPOP k 3",
                "SUNIONSTORE u k copy",
                "SDIFF k copy",
                "SINTERCARD 2 k copy",
                "SADD k " + "z".repeat(90),
                "SMEMBERS k",
                "SPOP k " + n);
    }

    private static List<String> hashes() {
        return List.of(
                "HLEN k",
                "HGETALL k",
                "HSCAN k 0 COUNT 1000",
                "HRANDFIELD k -20",
                "HSET k x y f1 2",
                "HINCRBY k n 4",
                "HDEL k f1",
                "HEXPIRE k 100 FIELDS 1 x",
                "HTTL k FIELDS 2 x f2",
                "HPERSIST k FIELDS 1 x",
                "HSET k l " + "z".repeat(90),
                "HGETALL k",
                "HSTRLEN k f2",
                "HPEXPIRE k 0" + " FIELDS 1 f2");
    }

    private static List<String> sortedSets(int n) {
        return List.of(
                "ZCARD k",
                "ZRANGE k 0 -1 WITHSCORES",
                "ZRANGEBYSCORE k -inf +inf",
                "ZRANGEBYLEX k - +",
                "ZRANK k m3",
                "ZREVRANGE k 0 " + n,
                "ZADD k 5 x 1 m3",
                "ZINCRBY k 2 m4",
                "ZREM k m3",
                "ZPOPMIN k",
                "ZPOPMAX k 2",
                "ZRANDMEMBER k -20 WITHSCORES",
                "ZSCAN k 0 COUNT 1000",
                "ZCOUNT k -1 " + n,
                "ZADD k 7 " + "z".repeat(90),
                "ZREMRANGEBYRANK k 1 2",
                "ZUNIONSTORE u 2 k copy",
                "ZRANGE k 0 -1 WITHSCORES",
                "GEOSEARCH k FROMLONLAT 10 10 BYRADIUS 9999 km ASC");
    }

    private static List<String> streams(int n) {
        return List.of(
                "XLEN k",
                "XRANGE k - +",
                "XREVRANGE k + - COUNT " + n,
                "XINFO STREAM k FULL",
                "XINFO GROUPS k",
                "XPENDING k g - + 50",
                "XADD k * f v",
                "XREADGROUP GROUP g c COUNT 9 STREAMS k >",
                "XREADGROUP GROUP g c STREAMS k 0",
                "XAUTOCLAIM k g d 0 0",
                "XACK k g 3-0 4-0",
                "XDEL k 2-0 " + n + "-0",
                "XACKDEL k g DELREF IDS 2 5-0 6-0",
                "XDELEX k ACKED IDS 2 7-0 8-0",
                "XTRIM k MAXLEN 20 ACKED",
                "XTRIM k MAXLEN ~ 9",
                "XGROUP DELCONSUMER k g c",
                "XGROUP DESTROY k g",
                "XSETID k 99999999999999-0",
                "XRANGE k - +");
    }

    // --------------------------------------------------------------------------------- payloads

    /** Sound payloads of values of all types, in all their encodings. */
    private List<String> population() throws IOException {
        List<String> sound = new ArrayList<>();
        for (String line :
                List.of(
                        "SET v 12345",
                        "SET v short",
                        "SET v " + "abc".repeat(400),
                        "PFADD v a b c")) {
            run(line);
            keep(sound);
        }
        for (int count : new int[] {1, 5, 60, 400}) {
            fill("RPUSH v", count, i -> (i % 3 == 0 ? "" : "item") + i);
            keep(sound);
            fill("SADD v", count, i -> "" + i * 1000);
            keep(sound);
            fill("SADD v", count, i -> "member" + i);
            keep(sound);
            fill("HSET v", count, i -> "f" + i + " value" + i);
            keep(sound);
            fill("HSET v", count, i -> "f" + i + " " + i);
            run("HEXPIRE v 1000 FIELDS 2 f0 f1");
            keep(sound);
            fill("ZADD v", count, i -> i * 1.5 + " m" + i);
            keep(sound);
            fill("GEOADD v", count, i -> i % 90 + ".5 " + i % 80 + " m" + i);
            keep(sound);
            stream(count);
            keep(sound);
        }
        run("RPUSH v " + "x".repeat(9000) + " y");
        keep(sound);
        return sound;
    }

    private interface Item {
        String at(int i);
    }

    private void fill(String command, int count, Item item) throws IOException {
        StringBuilder line = new StringBuilder(command);
        for (int i = 0; i < count; i++) {
            line.append(' ').append(item.at(i));
        }
        assertThat(run(line.toString().replace("  ", " 0 ")).isError()).isFalse();
    }

    private void stream(int count) throws IOException {
        run("XGROUP CREATE v g 0 MKSTREAM");
        for (int i = 1; i <= count; i++) {
            run("XADD v " + i + "-0 f " + i + (i % 5 == 0 ? " other v" + i : ""));
        }
        run("XREADGROUP GROUP g c COUNT " + count / 2 + " STREAMS v >");
        run("XGROUP CREATE v h 3");
        run("XDEL v 2-0");
    }

    private void keep(List<String> sound) throws IOException {
        sound.add(run("DUMP v").text());
        run("DEL v");
    }

    private String mutated(String sound) {
        byte[] bytes = Words.bytes(sound);
        byte[] body = Arrays.copyOf(bytes, bytes.length - FOOTER);
        for (int i = 1 + random.nextInt(3); i > 0 && body.length > 1; i--) {
            body = mutatedOnce(body);
        }
        byte[] whole = Arrays.copyOf(body, body.length + FOOTER);
        System.arraycopy(bytes, bytes.length - FOOTER, whole, body.length, 2);
        long crc = crc(whole, whole.length - 8);
        for (int i = 0; i < 8; i++) {
            whole[whole.length - 8 + i] = (byte) (crc >>> 8 * i);
        }
        return new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private byte[] mutatedOnce(byte[] body) {
        // The first bytes say what there is and how much: they are worth more attempts.
        int at = random.nextInt(random.nextInt(3) == 0 ? Math.min(24, body.length) : body.length);
        switch (random.nextInt(6)) {
            case 0 -> body[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> body[at] = (byte) random.nextInt(256);
            case 2 -> body[at] += (byte) (random.nextBoolean() ? 1 : -1);
            case 3 -> {
                int length = Math.min(1 + random.nextInt(8), body.length - at);
                byte[] shorter = Arrays.copyOf(body, body.length - length);
                System.arraycopy(body, at + length, shorter, at, body.length - at - length);
                return shorter;
            }
            case 4 -> {
                int from = random.nextInt(body.length);
                int length = Math.min(1 + random.nextInt(16), body.length - Math.max(at, from));
                System.arraycopy(body.clone(), from, body, at, length);
            }
            default -> body[at] = (byte) (random.nextBoolean() ? 0xFF : 0);
        }
        return body;
    }

    private static long crc(byte[] bytes, int length) {
        long crc = 0;
        for (int i = 0; i < length; i++) {
            crc ^= bytes[i] & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ CRC_POLYNOMIAL;
            }
        }
        return crc;
    }
}
