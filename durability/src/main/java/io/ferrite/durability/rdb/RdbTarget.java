package io.ferrite.durability.rdb;

import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import java.io.IOException;

/** What an {@link RdbReader} fills: a keyspace, or a tool that only looks. */
public interface RdbTarget {

    /** Something said about the whole: a name, and text that need not be ASCII. */
    void aux(String name, byte[] value) throws IOException;

    /** The keys that follow belong to this database; refuses one that there is not. */
    void selectDatabase(long index) throws IOException;

    /**
     * How many keys are to come, and how many of them with an expiry: a claim, nothing to rely on.
     */
    void expectKeys(long keys, long volatileKeys) throws IOException;

    /** Where the blocks of this key's value are taken. */
    Slab slabOf(Slice key);

    /** Stores a value, which {@link RdbValue#release}s it, or leaves it to be given back. */
    void put(Slice key, RdbValue value, RdbKeyFacts facts) throws IOException;

    /** A function library's code. */
    void function(long code, int length) throws IOException;

    /** Data of a module that keys do not belong to was passed over. */
    default void moduleDataSkipped(String module) throws IOException {}

    /** Slots on their way into a node of a Valkey cluster were passed over. */
    default void slotImportSkipped() throws IOException {}

    /** Whether keys that hold values of modules are passed over rather than refused. */
    default boolean skipsModuleValues() {
        return false;
    }

    /** A key was passed over that holds a value of a module. */
    default void moduleValueSkipped(Slice key, RdbKeyFacts facts) {}

    /** A key whose collection has no elements was passed over. */
    default void emptyKeySkipped(Slice key) {}
}
