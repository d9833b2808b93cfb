package io.ferrite.engine.tracking;

import io.ferrite.engine.ByteKey;
import io.ferrite.engine.HeapBudget;
import java.util.List;

/**
 * What a client asked for with CLIENT TRACKING ON. Made and used on the client's thread, read by
 * those who change keys; {@link #isBroken} may be set by any of them.
 */
public final class ClientTracking {

    /** Told of every key with one of its prefixes, whether or not it has read it. */
    public static final int BCAST = 1;

    /** Only keys read by a command that CLIENT CACHING YES went before are remembered. */
    public static final int OPTIN = 1 << 1;

    /** Keys read by a command that CLIENT CACHING NO went before are not remembered. */
    public static final int OPTOUT = 1 << 2;

    /** Not told of its own changes. */
    public static final int NOLOOP = 1 << 3;

    private final int options;
    private final long redirect;
    private final List<ByteKey> prefixes;
    private final long prefixBytes;
    private boolean caching;
    private volatile boolean broken;

    /**
     * @param redirect the client that is told, or 0 for the one that asked
     * @param prefixes of the keys to be told of, in order; with {@link #BCAST} only
     */
    public ClientTracking(int options, long redirect, List<ByteKey> prefixes) {
        this.options = options;
        this.redirect = redirect;
        this.prefixes = prefixes;
        this.prefixBytes = prefixes.stream().mapToLong(HeapBudget::of).sum();
    }

    public boolean is(int option) {
        return (options & option) != 0;
    }

    public long redirect() {
        return redirect;
    }

    public List<ByteKey> prefixes() {
        return prefixes;
    }

    /** What its prefixes take on the Java heap. */
    public long prefixBytes() {
        return prefixBytes;
    }

    /** CLIENT CACHING was said, and applies to what comes next. */
    public boolean isCaching() {
        return caching;
    }

    public void setCaching(boolean caching) {
        this.caching = caching;
    }

    /** Whether keys that are read now are remembered. */
    boolean remembers() {
        return (options & (BCAST | OPTIN | OPTOUT)) == 0
                || is(OPTIN) && caching
                || is(OPTOUT) && !caching;
    }

    /** The client that should have been told was gone. */
    public boolean isBroken() {
        return broken;
    }

    void setBroken() {
        broken = true;
    }
}
