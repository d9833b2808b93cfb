package io.ferrite.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.base.Glob;
import io.ferrite.memory.Memory;
import io.ferrite.resp.Request;
import io.ferrite.spec.CommandCatalog;
import io.ferrite.store.Keyspace;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way of a command makes no garbage: counted by the JVM, over many runs after a warm-up. */
final class AllocationTest {

    /** What the JVM itself may allocate meanwhile: far less than one object a run. */
    private static final long TOLERATED = 20_000;

    private static long allocatedBy(String logged, String... lines)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath(),
                        AllocationProbe.class.getName(),
                        logged));
        command.addAll(List.of(lines));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return Long.parseLong(output.trim());
    }

    /** Where the classes that the probe needs are: how this JVM was given its own may not show. */
    private static String classPath() {
        return Stream.of(
                        AllocationProbe.class,
                        Engine.class,
                        Keyspace.class,
                        Request.class,
                        CommandCatalog.class,
                        Memory.class,
                        Glob.class)
                .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    @ParameterizedTest
    @ValueSource(strings = {"logged", "unlogged"})
    void readingAndWritingStrings_allocatesNothing(String logged) throws Exception {
        assertThat(
                        allocatedBy(
                                logged,
                                "SET key:1 value-of-a-key",
                                "GET key:1",
                                "GET key:2",
                                "SET key:1 12345",
                                "INCR key:1",
                                "SET key:1 " + "x".repeat(200),
                                "SET key:1 " + "x".repeat(2000),
                                "GET key:1",
                                "DEL key:1"))
                .isLessThan(TOLERATED);
    }

    @Test
    void expiriesAndSeveralKeys_allocateNothing() throws Exception {
        assertThat(
                        allocatedBy(
                                "logged",
                                "SET key:1 value EX 100",
                                "TTL key:1",
                                "EXPIRE key:1 200",
                                "GETEX key:1 PX 5000",
                                "APPEND key:1 more",
                                "GETRANGE key:1 0 3",
                                "SETEX key:1 10 value",
                                "EXISTS key:1",
                                "MSET key:1 a key:2 b",
                                "MGET key:1 key:2"))
                .isLessThan(TOLERATED);
    }
}
