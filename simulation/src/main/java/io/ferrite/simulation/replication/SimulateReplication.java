package io.ferrite.simulation.replication;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/**
 * Runs seeds by hand: {@code ./ferrite-dev sim replication [--seed N | --seeds N [--from N]]
 * [--mutation NAME]}.
 */
public final class SimulateReplication {

    private SimulateReplication() {}

    public static void main(String[] words) throws IOException {
        long seeds = 1000;
        long from = 1;
        boolean one = false;
        Mutation mutation = Mutation.NONE;
        for (int i = 0; i + 1 < words.length; i += 2) {
            switch (words[i]) {
                case "--seed" -> {
                    from = Long.decode(words[i + 1]);
                    seeds = 1;
                    one = true;
                }
                case "--seeds" -> seeds = Long.parseLong(words[i + 1]);
                case "--from" -> from = Long.parseLong(words[i + 1]);
                case "--mutation" -> mutation = Mutation.valueOf(words[i + 1]);
                default -> throw new IllegalArgumentException(words[i]);
            }
        }
        System.exit(run(System.out, from, seeds, mutation, one) ? 0 : 1);
    }

    private static boolean run(
            PrintStream out, long from, long seeds, Mutation mutation, boolean trace)
            throws IOException {
        AtomicLong events = new AtomicLong();
        AtomicLong copies = new AtomicLong();
        AtomicLong continued = new AtomicLong();
        List<ReplicationSimulation.Result> failed = new ArrayList<>();
        LongStream.range(from, from + seeds)
                .parallel()
                .mapToObj(seed -> ReplicationSimulation.run(seed, mutation))
                .forEach(result -> {
                    events.addAndGet(result.events());
                    copies.addAndGet(result.copies());
                    continued.addAndGet(result.continued());
                    if (!result.holds()) {
                        synchronized (failed) {
                            failed.add(result);
                        }
                    }
                });
        out.println(
                seeds
                        + " seeds, "
                        + events
                        + " events, "
                        + copies
                        + " full copies, "
                        + continued
                        + " continued, "
                        + failed.size()
                        + " failed");
        for (ReplicationSimulation.Result result : failed) {
            out.println(report(result));
        }
        if (trace && failed.isEmpty()) {
            out.println("trace: " + write(ReplicationSimulation.run(from, mutation)));
        }
        return failed.isEmpty();
    }

    /** Two lines: what is wrong, and how to see it again. */
    public static String report(ReplicationSimulation.Result result) throws IOException {
        return "replication simulation failed: "
                + result.violation()
                + " (event "
                + result.events()
                + ")\nreproduce: ./ferrite-dev sim replication --seed "
                + result.seed()
                + "   trace: "
                + write(result);
    }

    private static Path write(ReplicationSimulation.Result result) throws IOException {
        Path directory = Path.of(System.getProperty("ferrite.sim.traces", "target/sim"));
        Files.createDirectories(directory);
        Path file = directory.resolve("replication-" + result.seed() + ".txt");
        Files.writeString(file, result.trace());
        return file;
    }
}
