package io.ferrite.node.script;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.HeapBudget;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Xxh3;
import io.ferrite.scripting.Interpreter;
import io.ferrite.scripting.ScriptFault;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One event loop's scripts: its interpreter, made when the first one runs, and two small tables
 * that find a script by the bytes of a request without making anything. For that loop's thread.
 */
final class LoopScripts {

    private static final int DIGEST_LENGTH = 40;

    /** Places of each table; a power of two. */
    private static final int PLACES = 1024;

    private final Scripting scripting;
    private final int loop;
    private final ScriptRun run;

    /**
     * A script stands at the place that the hash of its body, or digest, gives; or another does.
     */
    private final Script[] byBody = new Script[PLACES];

    private final Script[] byDigest = new Script[PLACES];

    /** Scripts that were evicted, from any thread, and are still compiled here. */
    private final ConcurrentLinkedQueue<Script> evicted = new ConcurrentLinkedQueue<>();

    private volatile Interpreter interpreter;
    private long generation;

    LoopScripts(Scripting scripting, int loop, ScriptRun run) {
        this.scripting = scripting;
        this.loop = loop;
        this.run = run;
    }

    ScriptRun run() {
        return run;
    }

    /** A script left the cache. Any thread. */
    void evicted(Script script) {
        evicted.add(script);
    }

    /** Bytes that Lua holds here. Any thread. */
    long usedBytes() {
        Interpreter mine = interpreter;
        return mine == null ? 0 : mine.usedBytes();
    }

    // --- finding
    // ----------------------------------------------------------------------------------

    /** The script with this body, if it is known. */
    Script known(Slice body) {
        int place = place(body);
        Script script = byBody[place];
        if (script != null && !script.isGone() && script.hasBody(body.address(), body.length())) {
            return script;
        }
        HeapBudget.requireText(body.length());
        byte[] bytes = body.toBytes();
        script = scripting.cache().find(Interpreter.sha1Hex(bytes));
        if (script != null) {
            byBody[place] = script;
        }
        return script;
    }

    /**
     * The script with this body, ready to run; taken into the cache if it is new.
     *
     * @throws CommandError if it is none
     */
    Script of(Slice body) {
        while (true) {
            fresh();
            Script script = known(body);
            if (script == null) {
                script = add(body.toBytes(), false);
                byBody[place(body)] = script;
            }
            if (script.generation() == generation) {
                scripting.cache().used(script);
                return script;
            }
        }
    }

    /** Compiles a script and takes it into the cache, if it is new. */
    Script add(byte[] body, boolean keep) {
        String digest = Interpreter.sha1Hex(body);
        Script known = scripting.cache().find(digest);
        if (known != null) {
            return known;
        }
        fresh();
        Shebang shebang = Shebang.ofScript(body);
        // Compiled first, so that only what is a script gets in.
        int reference = compile(body, shebang.length());
        Script script = scripting.cache().add(digest, body, shebang, keep);
        if (script.generation() == generation && script.compiled(loop) == Script.NONE) {
            script.setCompiled(loop, reference);
        } else {
            interpreter.forget(reference);
        }
        return script;
    }

    /** The script with this digest, ready to run, or null. */
    Script withDigest(Slice digest) {
        if (digest.length() != DIGEST_LENGTH) {
            return null;
        }
        fresh();
        int place = place(digest);
        Script script = byDigest[place];
        if (script == null || script.isGone() || !script.hasDigest(digest.address())) {
            script = scripting.cache().find(digest.toString().toLowerCase(Locale.ROOT));
            byDigest[place] = script;
        }
        if (script == null || script.generation() != generation) {
            return null;
        }
        scripting.cache().used(script);
        return script;
    }

    private static int place(Slice bytes) {
        return (int) Xxh3.of(bytes.address(), bytes.length()) & PLACES - 1;
    }

    // --- running
    // ----------------------------------------------------------------------------------

    /** What to run a script by that was just found. */
    int reference(Script script) {
        int reference = script.compiled(loop);
        if (reference == Script.NONE) {
            reference = compile(script.body(), script.codeOffset());
            script.setCompiled(loop, reference);
        }
        return reference;
    }

    Interpreter interpreter() {
        return interpreter;
    }

    private int compile(byte[] body, int from) {
        try {
            return interpreter.compile(body, from, body.length - from);
        } catch (ScriptFault e) {
            throw CommandError.of("ERR Error compiling script (new function): " + e.getMessage());
        }
    }

    /** Makes sure that the interpreter is that of the cache's present filling. */
    private void fresh() {
        long wanted = scripting.cache().generation();
        if (run.isRunning()) {
            return; // asked about a command meanwhile: what runs must not be closed
        }
        if (interpreter != null && generation == wanted) {
            Script old;
            while ((old = evicted.poll()) != null) {
                if (old.generation() == generation && old.compiled(loop) != Script.NONE) {
                    interpreter.forget(old.compiled(loop));
                    old.setCompiled(loop, Script.NONE);
                }
            }
            return;
        }
        if (interpreter != null) {
            interpreter.close();
        }
        evicted.clear();
        generation = wanted;
        interpreter = scripting.newInterpreter(false);
    }
}
