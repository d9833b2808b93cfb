package io.ferrite.durability.aof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrite.base.disk.Disk;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AofManifestTest {

    private static final String TWO =
            """
            file a.aof.2.base.rdb seq 2 type b
            file a.aof.1.base.rdb seq 1 type h
            file a.aof.1.incr.aof seq 1 type h
            file a.aof.2.incr.aof seq 2 type i
            file a.aof.3.incr.aof seq 3 type i
            """;

    @Test
    void whatIsWritten_isRead() throws Exception {
        AofManifest manifest = AofManifest.parse(TWO);
        assertThat(manifest.base().name()).isEqualTo("a.aof.2.base.rdb");
        assertThat(manifest.parts()).hasSize(3);
        assertThat(manifest.current().sequence()).isEqualTo(3);
        assertThat(manifest.text()).isEqualTo(TWO);
    }

    @Test
    void aRewriteEndsWithOneBase_andWhatWasWrittenSinceItBegan() {
        AofManifest manifest = AofManifest.EMPTY;
        manifest = manifest.rebased(manifest.nextBase("a", true), null);
        manifest = manifest.with(manifest.nextIncrement("a"));
        AofPart begun = manifest.nextIncrement("a");
        manifest = manifest.with(begun);
        manifest = manifest.rebased(manifest.nextBase("a", false), begun);
        assertThat(manifest.text())
                .isEqualTo(
                        """
                        file a.2.base.aof seq 2 type b
                        file a.1.incr.aof seq 1 type h
                        file a.1.base.rdb seq 1 type h
                        file a.2.incr.aof seq 2 type i
                        """);
        assertThat(manifest.without(manifest.history()).history()).isEmpty();
    }

    @Test
    void linesOfComment_andPairsOfLaterVersions_arePassedOver() throws Exception {
        AofManifest manifest =
                AofManifest.parse("# a comment\nseq 7 new x file f type i startoffset 12\n");
        assertThat(manifest.current()).isEqualTo(new AofPart("f", 7, AofPart.Kind.INCREMENT));
    }

    @Test
    void namesWithBlanksAndQuotes_areQuoted() throws Exception {
        AofPart odd = new AofPart("my \"own\" \u00e9\n.aof", 1, AofPart.Kind.INCREMENT);
        AofManifest manifest = AofManifest.EMPTY.with(odd);
        assertThat(manifest.text()).startsWith("file \"my \\\"own\\\" \\xe9\\n.aof\" seq 1");
        assertThat(AofManifest.parse(manifest.text()).current()).isEqualTo(odd);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "file a seq 1 type b\\nfile b seq 2 type b\\n|Found duplicate base file"
                        + " information",
                "file a seq 2 type i\\nfile b seq 1 type i\\n|Found a non-monotonic sequence"
                        + " number",
                "file a seq 1 type x\\n|Unknown AOF file type",
                "file ../a seq 1 type i\\n|File can't be a path, just a filename",
                "file a seq 1\\n|Invalid AOF manifest file format",
                "file a seq x type i\\n|Invalid AOF manifest file format",
                "file a seq 1 type i extra\\n|Invalid AOF manifest file format",
                "nonsense here\\n|Invalid AOF manifest file format",
                "\\n|Invalid AOF manifest file format",
                "file \"a seq 1 type i\\n|Invalid AOF manifest file format",
                "file a seq 1 type i|The AOF manifest file contains too long line",
            })
    void whatIsDamaged_isRefusedInRedisWords(String text, String reason) {
        assertThatThrownBy(() -> AofManifest.parse(text.replace("\\n", "\n")))
                .isInstanceOf(ManifestFault.class)
                .hasMessage(reason);
    }

    @Test
    void anEmptyOne_isDamaged() {
        assertThatThrownBy(() -> AofManifest.parse("")).hasMessage("Found an empty AOF manifest");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aPowerCutAtAnyStepOfAChange_leavesTheOldOneOrTheNew(int seed) throws Exception {
        AofManifest next = AofManifest.parse(TWO);
        long steps = stepsOf(next);
        assertThat(steps).isGreaterThan(3);
        for (long cut = 0; cut <= steps; cut++) {
            SimulatedDisk disk = new SimulatedDisk("/d");
            AofDirectory directory = AofDirectory.of(disk, "/d", "aof", "a");
            directory.make();
            AofManifest old = AofManifest.EMPTY.with(new AofPart("x", 1, AofPart.Kind.INCREMENT));
            directory.store(old);
            disk.cutAt(disk.operations() + cut);
            boolean done = true;
            try {
                directory.store(next);
            } catch (IOException e) {
                done = false;
            }
            disk.restart(new Random(seed * 1000L + cut));
            AofManifest found = directory.load();
            assertThat(found).as("cut at %d, seed %d", cut, seed).isIn(old, next);
            if (done) {
                assertThat(found).as("cut at %d, seed %d", cut, seed).isEqualTo(next);
            }
        }
    }

    private static long stepsOf(AofManifest next) throws IOException {
        Disk disk = new SimulatedDisk("/d");
        AofDirectory directory = AofDirectory.of(disk, "/d", "aof", "a");
        directory.make();
        long before = ((SimulatedDisk) disk).operations();
        directory.store(next);
        return ((SimulatedDisk) disk).operations() - before;
    }
}
