package io.ferrite.coordination.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.sentinel.InfoFacts.Named;
import io.ferrite.coordination.sentinel.InfoFacts.Role;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class InfoFactsTest {

    private static final String ID = "0123456789abcdef0123456789abcdef01234567";

    @Test
    void master_namesItsReplicas_inBothForms() {
        InfoFacts facts =
                InfoFacts.parse(
                        "# Server\r\nrun_id:"
                                + ID
                                + "\r\n"
                                + "# Replication\r\n"
                                + "role:master\r\n"
                                + "slave0:ip=10.0.0.1,port=6380,state=online,offset=9\r\n"
                                + "slave1:10.0.0.2,6381,online\r\n"
                                + "slave_expires_tracked_keys:0\r\n"
                                + "master_repl_offset:77\r\n"
                                + "# Keyspace\r\n"
                                + "db0:keys=3,expires=0\r\n"
                                + "db7:keys=4,expires=1\r\n");
        assertThat(facts.runId()).isEqualTo(ID);
        assertThat(facts.role()).isEqualTo(Role.MASTER);
        assertThat(facts.replicas())
                .containsExactly(new Named("10.0.0.1", 6380), new Named("10.0.0.2", 6381));
        assertThat(facts.masterOffset()).isEqualTo(77);
        assertThat(facts.keys()).isEqualTo(7);
    }

    @Test
    void replica_tellsWhomItFollows() {
        InfoFacts facts =
                InfoFacts.parse(
                        "role:slave\r\nmaster_host:10.0.0.9\r\nmaster_port:6379\r\n"
                                + "master_link_status:down\r\nmaster_link_down_since_seconds:12\r\n"
                                + "slave_priority:50\r\nslave_repl_offset:1234\r\n"
                                + "replica_announced:0\r\n");
        assertThat(facts.masterHost()).isEqualTo("10.0.0.9");
        assertThat(facts.masterPort()).isEqualTo(6379);
        assertThat(facts.masterLinkUp()).isFalse();
        assertThat(facts.linkDownMs()).isEqualTo(12_000);
        assertThat(facts.priority()).isEqualTo(50);
        assertThat(facts.offset()).isEqualTo(1234);
        assertThat(facts.announced()).isFalse();
    }

    @Test
    void aDatasetThatIsNotMentioned_isNotKnown_andOneWithoutDatabasesIsEmpty() {
        assertThat(InfoFacts.parse("role:master\r\n").keys()).isEqualTo(-1);
        assertThat(InfoFacts.parse("role:master\r\n# Keyspace\r\n").keys()).isZero();
    }

    @Test
    void numbersThatAreNone_countAsZero_andTooLargeOnesAsTheLargest() {
        assertThat(InfoFacts.parse("role:slave\r\nslave_repl_offset:x").offset()).isZero();
        assertThat(InfoFacts.parse("role:slave\r\nslave_repl_offset:99999999999999999999").offset())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void moreReplicasThanAnybodyHas_areNotTakenUp() {
        StringBuilder info = new StringBuilder("role:master\r\n");
        for (int i = 0; i < 100_000; i++) {
            info.append("slave").append(i).append(":ip=10.0.0.1,port=").append(i).append("\r\n");
        }
        assertThat(InfoFacts.parse(info.toString()).replicas()).hasSize(1000);
    }

    @Test
    void anyText_isReadWithoutFailing() {
        Random random = new Random(7);
        String alphabet = "slavedb0:=,ip.portkeys\r\n#9-";
        for (int round = 0; round < 2000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(80); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            InfoFacts.parse(text.toString());
        }
    }
}
