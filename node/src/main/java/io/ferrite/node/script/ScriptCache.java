package io.ferrite.node.script;

import io.ferrite.engine.HeapBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The scripts that the server knows, by digest. Those that came with EVAL are kept as long as they
 * are among the last {@value #EVALUATED_MAX} that were used, those of SCRIPT LOAD until SCRIPT
 * FLUSH; the heap bounds them all. Thread-safe.
 */
final class ScriptCache {

    /** Scripts of EVAL that are kept. */
    static final int EVALUATED_MAX = 500;

    private final ConcurrentHashMap<String, Script> scripts = new ConcurrentHashMap<>();
    private final AtomicLong turns = new AtomicLong();
    private final int loops;
    private final Consumer<Script> onEvicted;

    private volatile long generation;
    private volatile long evicted;
    private volatile long bytes;
    private int evaluated;

    /**
     * @param onEvicted told of each script that is evicted
     */
    ScriptCache(int loops, Consumer<Script> onEvicted) {
        this.loops = loops;
        this.onEvicted = onEvicted;
    }

    /** Grows with each flush: what was compiled before is void. */
    long generation() {
        return generation;
    }

    /** The script with this digest in lower case, or null. */
    Script find(String digest) {
        return scripts.get(digest);
    }

    /** A script was run. */
    void used(Script script) {
        if (!script.isKept()) {
            script.use(turns.incrementAndGet());
        }
    }

    /**
     * Takes a script in, unless it is there already.
     *
     * @param keep as SCRIPT LOAD does
     */
    synchronized Script add(String digest, byte[] body, Shebang shebang, boolean keep) {
        Script known = scripts.get(digest);
        if (known != null) {
            // A script of EVAL stays one: whoever relies on it should have loaded it first.
            return known;
        }
        Script script = new Script(digest, body, shebang, generation, loops);
        HeapBudget.require(script.heapBytes());
        if (keep) {
            script.keep();
        } else {
            if (evaluated >= EVALUATED_MAX) {
                evictOldest();
            }
            evaluated++;
            used(script);
        }
        HeapBudget.take(script.heapBytes());
        bytes += script.heapBytes();
        scripts.put(digest, script);
        return script;
    }

    private void evictOldest() {
        Script oldest = null;
        for (Script script : scripts.values()) {
            if (!script.isKept() && (oldest == null || script.lastUse() < oldest.lastUse())) {
                oldest = script;
            }
        }
        if (oldest != null) {
            drop(oldest);
            evaluated--;
            evicted++;
            onEvicted.accept(oldest);
        }
    }

    private void drop(Script script) {
        scripts.remove(script.digest());
        script.remove();
        bytes -= script.heapBytes();
        HeapBudget.give(script.heapBytes());
    }

    /** Forgets all scripts. */
    synchronized void flush() {
        List<Script> all = new ArrayList<>(scripts.values());
        generation++;
        for (Script script : all) {
            drop(script);
        }
        evaluated = 0;
    }

    int count() {
        return scripts.size();
    }

    /** Bytes that the scripts take. */
    long bytes() {
        return bytes;
    }

    /** Scripts evicted since the start. */
    long evicted() {
        return evicted;
    }

    void resetStatistics() {
        evicted = 0;
    }
}
