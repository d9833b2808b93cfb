package io.ferrite.node.script;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.HeapBudget;
import io.ferrite.node.Node;
import io.ferrite.node.log.LogLevel;
import io.ferrite.node.persistence.FunctionLibraries;
import io.ferrite.scripting.FunctionSink;
import io.ferrite.scripting.Interpreter;
import io.ferrite.scripting.LoadMonitor;
import io.ferrite.scripting.ScriptFault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The libraries of functions, and the interpreter that all of them share.
 *
 * <p>Libraries change under all stripes, so that a snapshot that begins has those of its moment.
 * The interpreter has a lock of its own, taken while stripes are held and never the other way
 * round.
 */
public final class Functions implements FunctionLibraries {

    /** A library has this long to register its functions. */
    private static final long LOAD_NANOS = 500_000_000;

    private static final String WRONG_NAME =
            "Library names can only contain letters, numbers, or underscores(_) and must be at"
                    + " least one character long";

    private final Node node;
    private final Scripting scripting;
    private final ReentrantLock lock = new ReentrantLock();

    private volatile LibrarySet set = LibrarySet.EMPTY;
    private volatile Interpreter interpreter;

    Functions(Node node, Scripting scripting) {
        this.node = node;
        this.scripting = scripting;
    }

    LibrarySet set() {
        return set;
    }

    @Override
    public List<byte[]> codes() {
        List<byte[]> codes = new ArrayList<>();
        for (FunctionLibrary library : set.libraries()) {
            codes.add(library.code());
        }
        return codes;
    }

    /** Takes the interpreter; {@link #release} follows. */
    Interpreter acquire() {
        lock.lock();
        if (interpreter == null) {
            interpreter = scripting.newInterpreter(true);
        }
        return interpreter;
    }

    void release() {
        lock.unlock();
    }

    /** Bytes that Lua holds for functions. */
    long usedBytes() {
        Interpreter mine = interpreter;
        return mine == null ? 0 : mine.usedBytes();
    }

    // --- changing them
    // ----------------------------------------------------------------------------

    /**
     * Loads a library; runs under all stripes.
     *
     * @param timed it may be given up when it takes long
     * @return its name
     * @throws CommandError if it is refused
     */
    String load(byte[] code, boolean replace, boolean timed) {
        FunctionLibrary library = compile(code, set, replace, timed);
        FunctionLibrary old = set.library(library.name());
        take(set.without(library.name()).with(library), old == null ? List.of() : List.of(old));
        return library.name();
    }

    @Override
    public void load(byte[] code, boolean replace) throws IOException {
        try {
            load(code, replace, false);
        } catch (CommandError refusal) {
            throw new IOException(refusal.getMessage().substring("ERR ".length()), refusal);
        }
    }

    /** Forgets all libraries; runs under all stripes. */
    @Override
    public void clear() {
        flush();
    }

    /** Forgets all libraries; runs under all stripes. */
    void flush() {
        lock.lock();
        try {
            HeapBudget.give(set.heapBytes());
            set = LibrarySet.EMPTY;
            if (interpreter != null) {
                interpreter.close();
                interpreter = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** False if there is no such library. */
    boolean delete(String name) {
        FunctionLibrary library = set.library(name);
        if (library == null) {
            return false;
        }
        take(set.without(name), List.of(library));
        return true;
    }

    /** What is done with the libraries that are there when others are restored. */
    enum Policy {
        FLUSH,
        APPEND,
        REPLACE
    }

    /**
     * Loads several libraries or none; runs under all stripes.
     *
     * @throws CommandError if one is refused
     */
    void restore(List<byte[]> codes, Policy policy) {
        LibrarySet loaded = LibrarySet.EMPTY;
        try {
            for (byte[] code : codes) {
                FunctionLibrary library = compile(code, loaded, false, false);
                loaded = loaded.with(library);
            }
            LibrarySet before = policy == Policy.FLUSH ? LibrarySet.EMPTY : set;
            LibrarySet after = before.joined(loaded, policy == Policy.REPLACE);
            List<FunctionLibrary> gone = new ArrayList<>();
            for (FunctionLibrary library : set.libraries()) {
                if (after.library(library.name()) != library) {
                    gone.add(library);
                }
            }
            take(after, gone);
        } catch (CommandError refusal) {
            loaded.libraries().forEach(this::forget);
            throw refusal;
        }
    }

    private void take(LibrarySet changed, List<FunctionLibrary> gone) {
        HeapBudget.take(changed.heapBytes() - set.heapBytes());
        set = changed;
        gone.forEach(this::forget);
    }

    private void forget(FunctionLibrary library) {
        Interpreter lua = acquire();
        try {
            library.functions().values().forEach(function -> lua.forget(function.reference()));
        } finally {
            release();
        }
    }

    /** Runs a library's code, which must fit in with the others. */
    private FunctionLibrary compile(
            byte[] code, LibrarySet others, boolean replace, boolean timed) {
        Shebang shebang = Shebang.ofLibrary(code);
        if (!isName(shebang.name())) {
            throw CommandError.of("ERR " + WRONG_NAME);
        }
        if (!shebang.engine().equalsIgnoreCase("lua")) {
            throw CommandError.of("ERR Engine '" + shebang.engine() + "' not found");
        }
        if (others.library(shebang.name()) != null && !replace) {
            throw CommandError.of("ERR Library '" + shebang.name() + "' already exists");
        }
        FunctionLibrary library = new FunctionLibrary(shebang.name(), code);
        HeapBudget.require(library.heapBytes());
        try {
            Interpreter lua = acquire();
            try {
                lua.loadLibrary(
                        code,
                        shebang.length(),
                        new Collector(library),
                        new Monitor(node, timed),
                        scripting.memoryMax());
            } finally {
                release();
            }
            if (library.functions().isEmpty()) {
                throw CommandError.of("ERR No functions registered");
            }
            others.without(library.name()).with(library);
            return library;
        } catch (ScriptFault fault) {
            forget(library);
            throw CommandError.of("ERR " + fault.getMessage());
        } catch (CommandError refusal) {
            forget(library);
            throw refusal;
        }
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '_')) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** Takes what a library registers. */
    private static final class Collector implements FunctionSink {

        private final FunctionLibrary library;

        Collector(FunctionLibrary library) {
            this.library = library;
        }

        @Override
        public String add(String name, String description, List<String> flags, int reference) {
            if (!isName(name)) {
                return WRONG_NAME;
            }
            if (library.functions().containsKey(name)) {
                return "Function already exists in the library";
            }
            long texts = name.length() + (description == null ? 0 : description.length());
            if (!HeapBudget.fits(
                    library.heapBytes() + FunctionLibrary.FUNCTION_BYTES + 2 * texts)) {
                return "not enough memory for so many functions";
            }
            int bits = 0;
            for (String flag : flags) {
                bits |= ScriptFlags.ofAnyCase(flag);
            }
            library.add(name, description, bits, reference);
            return null;
        }

        @Override
        public boolean isFlag(String flag) {
            return ScriptFlags.ofAnyCase(flag) != 0;
        }
    }

    /** Watches over a library's code. */
    private static final class Monitor implements LoadMonitor {

        private final Node node;
        private final long deadline;

        Monitor(Node node, boolean timed) {
            this.node = node;
            this.deadline = timed ? node.environment().nanos() + LOAD_NANOS : Long.MAX_VALUE;
        }

        @Override
        public String interrupt() {
            return node.environment().nanos() > deadline ? "FUNCTION LOAD timeout" : null;
        }

        @Override
        public boolean logs(int level) {
            return node.log().isOn(ScriptRun.LEVELS[level]);
        }

        @Override
        public void log(int level, String line) {
            LogLevel of = ScriptRun.LEVELS[level];
            node.log().line(of, line);
        }
    }
}
