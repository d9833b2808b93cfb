package io.ferrite.node.script;

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
