package io.ferrite.node.persistence;

import java.util.ArrayList;
import java.util.List;

/** Hands the code of libraries from one file to the next where nobody can run it. Thread-safe. */
final class KeptLibraries implements FunctionLibraries {

    private final List<byte[]> kept = new ArrayList<>();

    @Override
    public synchronized List<byte[]> codes() {
        return List.copyOf(kept);
    }

    @Override
    public synchronized void load(byte[] code, boolean replace) {
        kept.add(code);
    }

    @Override
    public synchronized void clear() {
        kept.clear();
    }
}
