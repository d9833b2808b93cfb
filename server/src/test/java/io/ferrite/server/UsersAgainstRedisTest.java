package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random rules mean the same here and on a real server. */
final class UsersAgainstRedisTest {

    private static final long SEED = 20261201;

    private static final List<String> RULES =
            List.of(
                    "on",
                    "off",
                    "nopass",
                    "resetpass",
                    ">a",
                    ">b",
                    "<a",
                    "#2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
                    "!2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
                    "#x",
                    "allkeys",
                    "resetkeys",
                    "~*",
                    "~a*",
                    "%R~b*",
                    "%W~b*",
                    "%RW~c?",
                    "%rw~[a-c]",
                    "%X~a",
                    "allchannels",
                    "resetchannels",
                    "&*",
                    "&n:*",
                    "&x",
                    "+@all",
                    "-@all",
                    "allcommands",
                    "nocommands",
                    "+@read",
                    "-@read",
                    "+@write",
                    "-@write",
                    "+@string",
                    "-@dangerous",
                    "+@keyspace",
                    "-@fast",
                    "+@nosuch",
                    "+get",
                    "-get",
                    "+set",
                    "-set",
                    "+config|get",
                    "-config|get",
                    "+config",
                    "-config",
                    "+client|id",
                    "+select|0",
                    "-select|0",
                    "+nosuch",
                    "+config|set|x",
                    "(+get",
                    "~a*)",
                    "(+set ~b* &x)",
                    "(+@all)",
                    "(-@all +mget %R~*)",
                    "(on)",
                    "()",
                    "clearselectors",
                    "reset",
                    "sanitize-payload",
                    "skip-sanitize-payload",
                    "nonsense",
                    "",
                    "ON",
                    "+GET",
                    "+@READ");

    private static final List<String> CALLS =
            List.of(
                    "GET a1",
                    "GET b1",
                    "SET a1 v",
                    "SET b1 v",
                    "SET b1 v GET",
                    "SET cx v",
                    "MGET a1 b1",
                    "MGET b1 zz",
                    "DEL a1 cx",
                    "COPY a1 b1",
                    "RENAME b1 a1",
                    "SORT a1 STORE b1",
                    "SORT_RO b1",
                    "ZUNIONSTORE a1 2 b1 cx",
                    "LMPOP 2 a1 b1 LEFT",
                    "GEORADIUS a1 0 0 1 m STORE b1",
                    "BITFIELD b1 GET u4 0",
                    "BITFIELD b1 SET u4 0 1",
                    "EXISTS a1 b1 zz",
                    "TYPE zz",
                    "OBJECT ENCODING b1",
                    "CONFIG GET x",
                    "CONFIG SET x y",
                    "CLIENT ID",
                    "SELECT 0",
                    "SELECT 1",
                    "PING",
                    "AUTH x",
                    "FLUSHALL",
                    "PUBLISH n:1 x",
                    "PUBLISH x y",
                    "SUBSCRIBE n:1 x",
                    "PSUBSCRIBE n:*",
                    "PSUBSCRIBE n:1*",
                    "SPUBLISH x y",
                    "SSUBSCRIBE z",
                    "NOSUCH a",
                    "GET",
                    "CONFIG NOSUCH");

    @TempDir Path directory;

    @Test
    void randomRules_areRefusedAlike_andAllowTheSame() throws IOException {
        assumeTrue(RealRedis.isInstalled(), "needs redis-server");
        Random random = new Random(SEED);
        try (LiveServer server = new LiveServer();
                RealRedis redis = RealRedis.start(directory)) {
            Wire ours = server.connect();
            Wire theirs = new Wire(redis.port());
            for (int round = 0; round < 400; round++) {
                List<String> rules = new ArrayList<>(List.of("ACL", "SETUSER", "u"));
                if (random.nextInt(3) == 0) {
                    rules.add("reset");
                }
                for (int i = random.nextInt(5); i >= 0; i--) {
                    rules.add(RULES.get(random.nextInt(RULES.size())));
                }
                String[] set = rules.toArray(String[]::new);
                String step = "seed " + SEED + ", round " + round + ": " + rules;
                assertThat(ours.call(set)).as(step).isEqualTo(theirs.call(set));
                compare(ours, theirs, step);
            }
            theirs.close();
        }
    }

    private static void compare(Wire ours, Wire theirs, String step) throws IOException {
        if (ours.run("ACL GETUSER u").equals("$-1|")) {
            assertThat(theirs.run("ACL GETUSER u")).isIn("$-1|", "*-1|");
            return;
        }
        for (String call : CALLS) {
            String[] dry = ("ACL DRYRUN u " + call).split(" ");
            String mine = ours.call(dry);
            String real = theirs.call(dry);
            boolean denied = mine.contains("has no permissions");
            assertThat(denied ? "denied" : mine)
                    .as("%s, then %s", step, call)
                    .isEqualTo(real.contains("has no permissions") ? "denied" : real);
        }
    }
}
