package io.ferrite.simulation;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Runs a simulation by seeds for somebody who looks on, several side by side: {@code --seed N} one
 * of them with its trace, {@code --seeds N [--from N]} many, {@code --mutation NAME} with a mistake
 * put in.
 *
 * @param name as {@code ./ferrite-dev sim} knows it
 * @param counted what the numbers of {@link Result#counts} are, in their order
 * @param mutations the mistakes
 * @param none the one that is none
 */
public record SeedRuns<M extends Enum<M>, R extends SeedRuns.Result>(
        String name,
        List<String> counted,
        Class<M> mutations,
        M none,
        Simulation<M, R> simulation) {

    /** What came of a run. */
    public interface Result {
        long seed();

        /** What must not be and was; empty if all held. */
        String violation();

        long events();

        /** What else is worth counting. */
        long[] counts();

        String trace();

        default boolean holds() {
            return violation().isEmpty();
        }
    }

    /** Runs one seed; the same each time, and alone on its thread. */
    public interface Simulation<M, R> {
        R run(long seed, M mutation);
    }

    /** Runs what the words of a command line ask for; true if all held. */
    public boolean main(PrintStream out, String[] words) throws IOException {
        long seeds = 1000;
        long from = 1;
        boolean one = false;
        M mutation = none;
        for (int i = 0; i + 1 < words.length; i += 2) {
            switch (words[i]) {
                case "--seed" -> {
                    from = Long.decode(words[i + 1]);
                    seeds = 1;
                    one = true;
                }
                case "--seeds" -> seeds = Long.parseLong(words[i + 1]);
                case "--from" -> from = Long.parseLong(words[i + 1]);
                case "--mutation" -> mutation = Enum.valueOf(mutations, words[i + 1]);
                default -> throw new IllegalArgumentException(words[i]);
            }
        }
        return run(out, from, seeds, mutation, one);
    }

    private boolean run(PrintStream out, long from, long seeds, M mutation, boolean trace)
            throws IOException {
        long[] sums = new long[1 + counted.size()];
        List<R> failed = new ArrayList<>();
        LongStream.range(from, from + seeds)
                .parallel()
                .mapToObj(seed -> simulation.run(seed, mutation))
                .forEach(result -> add(result, sums, failed));
        StringBuilder line = new StringBuilder();
        line.append(seeds).append(" seeds, ").append(sums[0]).append(" events, ");
        for (int i = 0; i < counted.size(); i++) {
            line.append(sums[i + 1]).append(' ').append(counted.get(i)).append(", ");
        }
        out.println(line.append(failed.size()).append(" failed"));
        for (R result : failed) {
            out.println(report(result));
        }
        if (trace && failed.isEmpty()) {
            out.println("trace: " + write(simulation.run(from, mutation)));
        }
        return failed.isEmpty();
    }

    private void add(R result, long[] sums, List<R> failed) {
        synchronized (failed) {
            sums[0] += result.events();
            long[] counts = result.counts();
            Arrays.setAll(sums, i -> i == 0 ? sums[0] : sums[i] + counts[i - 1]);
            if (!result.holds()) {
                failed.add(result);
            }
        }
    }

    /** Two lines: what is wrong, and how to see it again. */
    public String report(R result) throws IOException {
        return name
                + " simulation failed: "
                + result.violation()
                + " (event "
                + result.events()
                + ")\nreproduce: ./ferrite-dev sim "
                + name
                + " --seed "
                + result.seed()
                + "   trace: "
                + write(result);
    }

    private Path write(R result) throws IOException {
        Path directory = Path.of(System.getProperty("ferrite.sim.traces", "target/sim"));
        Files.createDirectories(directory);
        Path file = directory.resolve(name + "-" + result.seed() + ".txt");
        Files.writeString(file, result.trace());
        return file;
    }
}
