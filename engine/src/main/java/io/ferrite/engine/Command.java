package io.ferrite.engine;

import io.ferrite.spec.CommandFlag;
import io.ferrite.spec.CommandSpec;
import java.util.Map;
import java.util.Set;

/**
 * A command that can run: its specification, its handler and what the gate must know, precomputed.
 */
public final class Command {

    /** Such commands name keys, but read only what the commands do that they run. */
    private static final Set<String> RUNNERS = Set.of("eval_ro", "evalsha_ro", "fcall_ro");

    /** Which argument names the element that a command looks for in its key's collection. */
    private static final Map<String, Integer> ELEMENTS =
            Map.ofEntries(
                    Map.entry("hset", 2),
                    Map.entry("hmset", 2),
                    Map.entry("hsetnx", 2),
                    Map.entry("hget", 2),
                    Map.entry("hmget", 2),
                    Map.entry("hdel", 2),
                    Map.entry("hexists", 2),
                    Map.entry("hstrlen", 2),
                    Map.entry("hincrby", 2),
                    Map.entry("hincrbyfloat", 2),
                    Map.entry("sadd", 2),
                    Map.entry("srem", 2),
                    Map.entry("sismember", 2),
                    Map.entry("smismember", 2),
                    Map.entry("zadd", 3),
                    Map.entry("zincrby", 3),
                    Map.entry("zrem", 2),
                    Map.entry("zscore", 2),
                    Map.entry("zmscore", 2),
                    Map.entry("zrank", 2),
                    Map.entry("zrevrank", 2));

    private final CommandSpec spec;
    private final Handler handler;
    private final LockPlan locks;
    private final boolean write;
    private final boolean singleKey;
    private final boolean brief;
    private final boolean tracked;
    private final long flags;
    private final int arity;
    private final int index;
    private final int element;

    Command(CommandSpec spec, Handler handler, LockPlan locks, int index) {
        this.spec = spec;
        this.handler = handler;
        this.locks = locks;
        this.index = index;
        this.element = ELEMENTS.getOrDefault(spec.name(), 0);
        this.write = spec.is(CommandFlag.WRITE);
        this.flags = spec.flags();
        this.arity = spec.arity();
        this.singleKey =
                locks == LockPlan.KEYS
                        && spec.keySpecs().length == 1
                        && spec.firstKey() == 1
                        && spec.lastKey() == 1
                        && !spec.is(CommandFlag.MOVABLEKEYS);
        this.brief =
                singleKey
                        && (spec.is(CommandFlag.FAST) || spec.name().equals("set"))
                        && !spec.is(CommandFlag.BLOCKING)
                        && !spec.is(CommandFlag.MODULE)
                        && spec.parent() == null;
        this.tracked =
                spec.is(CommandFlag.READONLY)
                        && !spec.is(CommandFlag.PUBSUB)
                        && spec.mayHaveKeys()
                        && !RUNNERS.contains(spec.name());
    }

    /** What it reads is remembered for client-side caching. */
    public boolean isTracked() {
        return tracked;
    }

    /**
     * Takes about a microsecond whatever the data, names its only key as argument 1 and never
     * waits: may share the stripes with its neighbours in a pipeline.
     */
    public boolean isBrief() {
        return brief;
    }

    /**
     * The first argument that names an element of the collection at its key, a field or a member,
     * which may be brought near before the command runs; 0 if none does. With options in between it
     * may be another argument.
     */
    public int elementArgument() {
        return element;
    }

    public CommandSpec spec() {
        return spec;
    }

    public Handler handler() {
        return handler;
    }

    public LockPlan locks() {
        return locks;
    }

    /** Changes data; such a command is refused by followers and counted against maxmemory. */
    public boolean isWrite() {
        return write;
    }

    /** Its only key is argument 1: the gate needs no key search. */
    public boolean hasSingleKey() {
        return singleKey;
    }

    public long flags() {
        return flags;
    }

    public boolean is(CommandFlag flag) {
        return (flags & 1L << flag.ordinal()) != 0;
    }

    /** Dense number among all bound commands, the index of its statistics. */
    public int index() {
        return index;
    }

    public String name() {
        return spec.name();
    }

    /** Whether {@code argc} arguments, the command's name among them, are acceptable. */
    public boolean accepts(int argc) {
        return arity >= 0 ? argc == arity : argc >= -arity;
    }
}
