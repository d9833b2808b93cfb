package io.ferrite.spec;

/**
 * The keys as one triple, as COMMAND told them before there were specifications: made of those
 * specifications that are ranges at fixed positions, one right after the other.
 */
record LegacyKeys(int first, int last, int step) {

    private static final LegacyKeys NONE = new LegacyKeys(0, 0, 0);

    static LegacyKeys of(KeySpec[] specs) {
        if (specs.length == 1 && specs[0].isPlain()) {
            KeySpec only = specs[0];
            return new LegacyKeys(only.index(), end(only), only.b());
        }
        int first = Integer.MAX_VALUE;
        int last = 0;
        for (KeySpec spec : specs) {
            boolean follows = last == 0 || last == spec.index() - 1;
            if (spec.isPlain() && spec.b() == 1 && follows) {
                first = Math.min(first, spec.index());
                // Unsigned: an end counted from the last argument lies behind any other.
                if (Integer.compareUnsigned(end(spec), last) > 0) {
                    last = end(spec);
                }
            }
        }
        return first == Integer.MAX_VALUE ? NONE : new LegacyKeys(first, last, 1);
    }

    private static int end(KeySpec spec) {
        return spec.a() >= 0 ? spec.index() + spec.a() : spec.a();
    }
}
