package io.ferrite.node.script;

import io.ferrite.engine.CommandTable;
import io.ferrite.memory.Memory;
import java.nio.charset.StandardCharsets;

/** A script that the server knows, and what the event loops have made of it. */
final class Script {

    /** Not compiled on a loop yet. */
    static final int NONE = -1;

    /** What a script takes on the Java heap besides its body. */
    private static final int OVERHEAD = 256;

    private final String digest;
    private final byte[] digestBytes;
    private final byte[] body;
    private final Shebang shebang;
    private final long generation;

    /** What each loop runs it by; an element is for that loop alone. */
    private final int[] compiled;

    /** Loaded by SCRIPT LOAD: stays until SCRIPT FLUSH. */
    private volatile boolean kept;

    /** Not in the cache any more. */
    private volatile boolean gone;

    private volatile long lastUse;

    /** Whether it stays with its keys, once that was asked. */
    private volatile Boolean keyed;

    Script(String digest, byte[] body, Shebang shebang, long generation, int loops) {
        this.digest = digest;
        this.digestBytes = digest.getBytes(StandardCharsets.ISO_8859_1);
        this.body = body;
        this.shebang = shebang;
        this.generation = generation;
        this.compiled = new int[loops];
        java.util.Arrays.fill(compiled, NONE);
    }

    String digest() {
        return digest;
    }

    byte[] body() {
        return body;
    }

    /** Where its code begins in the body. */
    int codeOffset() {
        return shebang.length();
    }

    int flags() {
        return shebang.flags();
    }

    /** Which filling of the cache it belongs to. */
    long generation() {
        return generation;
    }

    boolean hasBody(long address, int length) {
        return length == body.length && Memory.equal(address, body, 0, length);
    }

    /** Whether these forty bytes are its digest, in lower case. */
    boolean hasDigest(long address) {
        return Memory.equal(address, digestBytes, 0, digestBytes.length);
    }

    /** Whether it is known not to touch other keys than it is called with. Any thread. */
    boolean staysWithItsKeys(CommandTable commands) {
        Boolean known = keyed;
        if (known == null) {
            known = KeyedScript.staysWithItsKeys(body, codeOffset(), commands);
            keyed = known;
        }
        return known;
    }

    int compiled(int loop) {
        return compiled[loop];
    }

    void setCompiled(int loop, int reference) {
        compiled[loop] = reference;
    }

    boolean isKept() {
        return kept;
    }

    void keep() {
        kept = true;
    }

    boolean isGone() {
        return gone;
    }

    void remove() {
        gone = true;
    }

    long lastUse() {
        return lastUse;
    }

    void use(long turn) {
        lastUse = turn;
    }

    /** Bytes that it takes, estimated. */
    long heapBytes() {
        return OVERHEAD + body.length;
    }
}
