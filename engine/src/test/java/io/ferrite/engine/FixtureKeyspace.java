package io.ferrite.engine;

import io.ferrite.memory.Slab;
import io.ferrite.store.Keyspace;
import io.ferrite.store.KeyspaceSettings;

/** A small keyspace for fixtures. */
final class FixtureKeyspace {

    private FixtureKeyspace() {}

    static Keyspace create() {
        return new Keyspace(
                KeyspaceSettings.ofStrings(16, 4, new Slab(), new Slab(), new Slab(), new Slab()));
    }
}
