package io.ferrite.server;

import io.ferrite.node.ProcessFacts;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Facts about this process from /proc and the runtime. */
final class SystemFacts implements ProcessFacts {

    private static final long PAGE_BYTES = 4096;
    private static final long MICROS_PER_TICK = 10_000;
    private static final int UTIME = 11;
    private static final int STIME = 12;

    private final String transport;
    private final String system;
    private final long machineBytes;
    private Encryption encryption;

    SystemFacts(String transport) {
        this.transport = transport;
        this.system =
                System.getProperty("os.name")
                        + " "
                        + System.getProperty("os.version")
                        + " "
                        + machine(System.getProperty("os.arch"));
        this.machineBytes = readMachineBytes();
    }

    /** From where {@link #certificates} are taken. */
    void use(Encryption encryption) {
        this.encryption = encryption;
    }

    @Override
    public Map<String, String> certificates(long nowMs) {
        return encryption == null ? Map.of() : encryption.certificates(nowMs);
    }

    /** The name that uname gives to what Java calls amd64. */
    private static String machine(String arch) {
        return arch.equals("amd64") ? "x86_64" : arch;
    }

    @Override
    public long pid() {
        return ProcessHandle.current().pid();
    }

    @Override
    public String executable() {
        return System.getProperty("ferrite.executable", "ferrite-server");
    }

    @Override
    public String system() {
        return system;
    }

    @Override
    public String version() {
        return Product.version();
    }

    @Override
    public long residentBytes() {
        String[] words = read("/proc/self/statm").split(" ");
        return words.length > 1 ? Long.parseLong(words[1]) * PAGE_BYTES : 0;
    }

    @Override
    public long machineBytes() {
        return machineBytes;
    }

    private static long readMachineBytes() {
        for (String line : read("/proc/meminfo").split("\n")) {
            if (line.startsWith("MemTotal:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        return 0;
    }

    @Override
    public long userMicros() {
        return cpuMicros(UTIME);
    }

    @Override
    public long systemMicros() {
        return cpuMicros(STIME);
    }

    /** The fields behind the program's name, which may hold blanks. */
    private static long cpuMicros(int field) {
        String stat = read("/proc/self/stat");
        String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return words.length > field ? Long.parseLong(words[field]) * MICROS_PER_TICK : 0;
    }

    private static String read(String path) {
        try {
            return Files.readString(Path.of(path));
        } catch (IOException e) {
            return ""; // another system: the fact is not to be had
        }
    }

    @Override
    public long heapBytes() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Override
    public Map<String, Collections> collections() {
        Map<String, Collections> all = new TreeMap<>();
        for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
            all.put(
                    bean.getName(),
                    new Collections(
                            Math.max(0, bean.getCollectionCount()),
                            Math.max(0, bean.getCollectionTime())));
        }
        return all;
    }

    @Override
    public String transport() {
        return transport;
    }
}
