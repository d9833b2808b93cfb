package io.ferrite.durability.aof;

import java.util.ArrayList;
import java.util.List;

/**
 * Which files make up the append-only file, in Redis' own text form. Never changes; every change is
 * a new list.
 *
 * <pre>
 *   file appendonly.aof.2.base.rdb seq 2 type b      the data as of the last rewrite, or none
 *   file appendonly.aof.1.incr.aof seq 1 type h      not needed any more, to be deleted
 *   file appendonly.aof.2.incr.aof seq 2 type i      what was written since, in this order
 *   file appendonly.aof.3.incr.aof seq 3 type i
 * </pre>
 *
 * The last incremental file is the one that is written to; a rewrite begins a new one, and ends
 * with a base that stands for all before it.
 *
 * @param base null if there is none
 */
public record AofManifest(AofPart base, List<AofPart> history, List<AofPart> increments) {

    public static final AofManifest EMPTY = new AofManifest(null, List.of(), List.of());

    public AofManifest {
        history = List.copyOf(history);
        increments = List.copyOf(increments);
    }

    /** Whether there is nothing to load. */
    public boolean isEmpty() {
        return base == null && increments.isEmpty();
    }

    /** The files to load, in this order. */
    public List<AofPart> parts() {
        List<AofPart> all = new ArrayList<>();
        if (base != null) {
            all.add(base);
        }
        all.addAll(increments);
        return all;
    }

    /** The file that is written to, or null. */
    public AofPart current() {
        return increments.isEmpty() ? null : increments.getLast();
    }

    /** The base that comes next. */
    public AofPart nextBase(String name, boolean rdb) {
        return AofPart.base(name, (base == null ? 0 : base.sequence()) + 1, rdb);
    }

    /** The incremental file that comes next. */
    public AofPart nextIncrement(String name) {
        return AofPart.increment(name, increments.isEmpty() ? 1 : current().sequence() + 1);
    }

    /** With one more file behind all others. */
    public AofManifest with(AofPart increment) {
        List<AofPart> more = new ArrayList<>(increments);
        more.add(increment);
        return new AofManifest(base, history, more);
    }

    /**
     * With a new base that stands for the old one and for every incremental file before {@code
     * from}; these become history, the newest first.
     *
     * @param from the first file to be loaded behind the new base, or null for none
     */
    public AofManifest rebased(AofPart newBase, AofPart from) {
        List<AofPart> past = new ArrayList<>(history);
        if (base != null) {
            past.addFirst(base.as(AofPart.Kind.HISTORY));
        }
        List<AofPart> kept = new ArrayList<>();
        for (AofPart part : increments.reversed()) {
            if (from != null && part.sequence() >= from.sequence()) {
                kept.addFirst(part);
            } else {
                past.addFirst(part.as(AofPart.Kind.HISTORY));
            }
        }
        return new AofManifest(newBase, past, kept);
    }

    /** Without these files of the history. */
    public AofManifest without(List<AofPart> deleted) {
        List<AofPart> left = new ArrayList<>(history);
        left.removeAll(deleted);
        return new AofManifest(base, left, increments);
    }

    /** The file's text. */
    public String text() {
        StringBuilder text = new StringBuilder();
        if (base != null) {
            base.append(text);
        }
        for (AofPart part : history) {
            part.append(text);
        }
        for (AofPart part : increments) {
            part.append(text);
        }
        return text.toString();
    }

    /**
     * Reads a manifest as strictly as Redis does.
     *
     * @param text bytes as characters
     */
    public static AofManifest parse(String text) throws ManifestFault {
        return new ManifestParser(text).parse();
    }
}
