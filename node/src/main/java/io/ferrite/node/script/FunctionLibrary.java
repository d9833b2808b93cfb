package io.ferrite.node.script;

import io.ferrite.engine.CommandTable;
import java.util.LinkedHashMap;
import java.util.Map;

/** A library of functions that has been loaded. Does not change. */
final class FunctionLibrary {

    /** One of its functions. */
    record Function(
            FunctionLibrary library, String name, String description, int flags, int reference) {}

    private final String name;
    private final byte[] code;
    private final Map<String, Function> functions = new LinkedHashMap<>();

    /** Null until somebody asks. */
    private volatile Boolean keyed;

    FunctionLibrary(String name, byte[] code) {
        this.name = name;
        this.code = code;
    }

    String name() {
        return name;
    }

    /** As it was loaded, first line included. */
    byte[] code() {
        return code;
    }

    /** Whether its functions are known not to touch other keys than they are called with. */
    boolean staysWithItsKeys(CommandTable commands) {
        Boolean known = keyed;
        if (known == null) {
            int from = Shebang.ofLibrary(code).length();
            known = KeyedScript.functionsStayWithTheirKeys(code, from, commands);
            keyed = known;
        }
        return known;
    }

    Map<String, Function> functions() {
        return functions;
    }

    /** While it is loaded only. */
    void add(String function, String description, int flags, int reference) {
        functions.put(function, new Function(this, function, description, flags, reference));
    }

    /** Bytes that it takes on the Java heap, estimated. */
    long heapBytes() {
        return 256 + code.length + functions.size() * FUNCTION_BYTES;
    }

    /** What a function takes besides its texts. */
    static final long FUNCTION_BYTES = 256;
}
