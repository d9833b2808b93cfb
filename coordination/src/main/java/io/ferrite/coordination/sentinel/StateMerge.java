package io.ferrite.coordination.sentinel;

import io.ferrite.coordination.sentinel.SentinelLines.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Puts together what a configuration file says and what its {@code .state} copy remembers. The file
 * is the user's word on settings; but epochs and votes never go back, whatever file was put there,
 * and of two addresses of a master the one of the higher epoch counts.
 */
public final class StateMerge {

    private static final Set<String> GENERATED =
            Set.of(
                    "config-epoch",
                    "leader-epoch",
                    "current-epoch",
                    "known-replica",
                    "known-slave",
                    "known-sentinel");

    private StateMerge() {}

    /**
     * The lines to start with.
     *
     * @param notes what was taken from the copy, for the log
     */
    public record Merged(List<Line> lines, List<String> notes) {}

    /**
     * @param lines those of the file
     * @param file what they make
     * @param copy what the copy's lines make
     */
    public static Merged merge(List<Line> lines, SentinelState file, SentinelState copy) {
        List<String> notes = new ArrayList<>();
        boolean fresh = file.myId().isEmpty();
        if (copy.myId().isEmpty()
                || fresh && isGenerated(lines)
                || !fresh && !file.myId().equals(copy.myId())) {
            if (!copy.myId().isEmpty()) {
                notes.add("it is that of another Sentinel, " + copy.myId() + ", and not used");
            }
            return new Merged(lines, notes);
        }
        List<Line> merged = new ArrayList<>(lines);
        if (fresh) {
            notes.add("the file names no id: this Sentinel stays " + copy.myId());
            add(merged, "myid", copy.myId());
        }
        if (copy.epoch() > file.epoch()) {
            notes.add("current-epoch " + copy.epoch() + ", not " + file.epoch());
            add(merged, "current-epoch", Long.toString(copy.epoch()));
        }
        for (Master known : copy.masters().values()) {
            Master master = file.masters().get(known.name());
            if (master != null) { // else the user took it out of the file
                merge(merged, notes, master, known);
            }
        }
        return new Merged(merged, notes);
    }

    /** Whether a Sentinel wrote into the file, so that who took the id out did so on purpose. */
    private static boolean isGenerated(List<Line> lines) {
        return lines.stream().anyMatch(line -> GENERATED.contains(name(line)));
    }

    private static String name(Line line) {
        return line.words().getFirst().toLowerCase(java.util.Locale.ROOT);
    }

    private static void merge(List<Line> merged, List<String> notes, Master master, Master known) {
        String name = known.name();
        if (known.vote().epoch() > master.vote().epoch()) {
            notes.add(name + ": leader-epoch " + known.vote().epoch());
            add(merged, "leader-epoch", name, Long.toString(known.vote().epoch()));
        }
        addSentinels(merged, master, known);
        if (known.configEpoch() <= master.configEpoch()) {
            return;
        }
        String place = known.address().text(true);
        notes.add(name + ": the master is " + place + " since epoch " + known.configEpoch());
        add(merged, "config-epoch", name, Long.toString(known.configEpoch()));
        for (int i = 0; i < merged.size(); i++) {
            Line line = merged.get(i);
            boolean ofIt = line.words().size() > 1 && line.words().get(1).equals(name);
            if (ofIt && name(line).equals("monitor") && line.words().size() == 5) {
                List<String> words = new ArrayList<>(line.words());
                words.set(2, known.address().host());
                words.set(3, Integer.toString(known.address().port()));
                merged.set(i, new Line(words, line.number(), line.text()));
            }
        }
        merged.removeIf(line -> isReplicaOf(line, name));
        for (Replica replica : known.replicas().values()) {
            Address at = replica.self().address();
            add(merged, "known-replica", name, at.host(), Integer.toString(at.port()));
        }
    }

    private static boolean isReplicaOf(Line line, String name) {
        boolean replica = name(line).equals("known-replica") || name(line).equals("known-slave");
        return replica && line.words().size() > 1 && line.words().get(1).equals(name);
    }

    /** Sentinels count as voters for ever, so none may be forgotten. */
    private static void addSentinels(List<Line> merged, Master master, Master known) {
        Set<String> missing = new TreeSet<>(known.peers().keySet());
        missing.removeAll(master.peers().keySet());
        for (String id : missing) {
            Address at = known.peers().get(id).self().address();
            add(merged, "known-sentinel", known.name(), at.host(), Integer.toString(at.port()), id);
        }
    }

    private static void add(List<Line> lines, String... words) {
        lines.add(new Line(List.of(words), 0, "sentinel " + String.join(" ", words)));
    }
}
