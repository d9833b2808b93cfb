package io.ferrite.memory;

/**
 * Memory for tests: a slab or group that refuses to close while blocks are out, saying which tags.
 */
public final class TestMemory {

    private TestMemory() {}

    /**
     * A slab whose {@link Slab#close} throws {@link MemoryViolation} if a block was not given back.
     */
    public static Slab leakChecked() {
        return new Slab(null, true);
    }

    /** A group whose slabs all check for leaks. */
    public static SlabGroup leakCheckedGroup() {
        return new SlabGroup(true);
    }

    /** Throws {@link MemoryViolation} if a block of this slab is out. */
    public static void assertNothingIsOut(Slab slab) {
        String leak = slab.leakReport();
        if (leak != null) {
            throw new MemoryViolation(leak);
        }
    }
}
