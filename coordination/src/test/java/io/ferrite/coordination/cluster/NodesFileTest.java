package io.ferrite.coordination.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** nodes.conf. */
final class NodesFileTest {

    private static final String A = "a".repeat(40);
    private static final String B = "b".repeat(40);
    private static final String C = "c".repeat(40);

    private static final String FILE =
            A
                    + " 127.0.0.1:7000@17000,,tls-port=0,shard-id="
                    + C
                    + " myself,master - 0 0 3 connected 0-5460 5462 [77->-"
                    + B
                    + "] [9000-<-"
                    + B
                    + "]\n"
                    + B
                    + " 127.0.0.1:7001@17001,host,tls-port=7101,nodename=n1,shard-id="
                    + B
                    + " master,fail? - 1700000000000 1700000000001 2 connected 5461 5463-16383\n"
                    + C
                    + " 127.0.0.1:7002@17002 slave "
                    + A
                    + " 0 1700000000001 3 connected\n"
                    + "vars currentEpoch 6 lastVoteEpoch 5\n";

    private static ClusterView read(String text) throws NodesFile.Corrupt {
        return NodesFile.read(text, false, () -> "9".repeat(40)).view();
    }

    @Test
    void aFileOfRedis_isRead() throws NodesFile.Corrupt {
        ClusterView view = read(FILE);
        assertThat(view.selfId()).isEqualTo(A);
        assertThat(view.self().slots()).hasToString("0-5460 5462");
        assertThat(view.migrating()).containsEntry(77, B);
        assertThat(view.importing()).containsEntry(9000, B);
        assertThat(view.currentEpoch()).isEqualTo(6);
        assertThat(view.lastVoteEpoch()).isEqualTo(5);
        ClusterNode other = view.node(B);
        assertThat(other.hostName()).isEqualTo("host");
        assertThat(other.nodeName()).isEqualTo("n1");
        assertThat(other.endpoint().tlsPort()).isEqualTo(7101);
        assertThat(other.has(NodeFlags.PFAIL)).isTrue();
        assertThat(view.owner(5461)).isEqualTo(other);
        // older than shards: its master's
        assertThat(view.node(C).shardId()).isEqualTo(C);
        assertThat(view.self().has(NodeFlags.MIGRATE_TO)).isTrue();
    }

    @Test
    void aBusPortThatIsMissing_isTheOtherOneAndTenThousand() throws NodesFile.Corrupt {
        ClusterView view =
                read(A + " 1.2.3.4:7000 myself,master - 0 0 0 connected\nvars currentEpoch 0\n");
        assertThat(view.self().endpoint().busPort()).isEqualTo(17000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense line here\n",
                "vars currentEpoch\n",
                "vars currentEpoch x lastVoteEpoch 0\n",
                "short 1.2.3.4:1@2 master - 0 0 0 connected\n",
                "dddddddddddddddddddddddddddddddddddddddd 1.2.3.4 master - 0 0 0 connected\n",
                "dddddddddddddddddddddddddddddddddddddddd 1.2.3.4:99999 master - 0 0 0 connected\n",
                "dddddddddddddddddddddddddddddddddddddddd 1.2.3.4:1 master - 0 0 0 connected"
                        + " 16384\n",
                "dddddddddddddddddddddddddddddddddddddddd 1.2.3.4:1 master - 0 0 0 connected"
                        + " [5->-x]\n",
                "dddddddddddddddddddddddddddddddddddddddd 1.2.3.4:1 wizard - 0 0 0 connected\n",
                "dddddddddddddddddddddddddddddddddddddddd 1.2.3.4:1 slave who 0 0 0 connected\n",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1.2.3.4:1 master - 0 0 0 connected\n"
            })
    void aLineThatIsNone_isRefused(String line) {
        assertThatThrownBy(() -> read(FILE + line))
                .isInstanceOf(NodesFile.Corrupt.class)
                .hasMessageStartingWith("Unrecoverable error: corrupted cluster config file");
    }

    @Test
    void aFileThatWasCutOff_isRefused_whereverThatWas() {
        for (int length = 1; length < FILE.length(); length++) {
            String torn = FILE.substring(0, length);
            assertThatThrownBy(() -> read(torn))
                    .as("%s bytes", length)
                    .isInstanceOf(NodesFile.Corrupt.class);
        }
    }

    @Test
    void bytesThatChange_areReadOrRefused_andNothingElse() {
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            char[] text = FILE.toCharArray();
            for (int j = random.nextInt(3); j >= 0; j--) {
                text[random.nextInt(text.length)] = (char) random.nextInt(128);
            }
            try {
                assertThat(read(String.valueOf(text)).self()).isNotNull();
            } catch (NodesFile.Corrupt refused) {
                assertThat(refused).hasMessageContaining("corrupted");
            }
        }
    }
}
