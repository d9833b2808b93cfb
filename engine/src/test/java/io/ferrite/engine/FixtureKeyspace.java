package io.ferrite.engine;

import io.ferrite.memory.Slab;
import io.ferrite.store.Keyspace;
import io.ferrite.store.KeyspaceSettings;
import io.ferrite.store.value.Values;

/** A small keyspace for fixtures. */
final class FixtureKeyspace {

    private FixtureKeyspace() {}

    static Keyspace create() {
        Slab[] slabs = {new Slab(), new Slab(), new Slab(), new Slab()};
        return new Keyspace(new KeyspaceSettings(16, 4, false, slabs, Values.operations(), 1));
    }
}
