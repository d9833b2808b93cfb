package io.ferrite.store.value;

import io.ferrite.store.Type;
import io.ferrite.store.ValueOperations;
import io.ferrite.store.stream.StreamOperations;

/** The types of value that there are: the one list of them. A new type is entered here. */
public final class Values {

    private Values() {}

    /** What a keyspace does with values, by {@link Type}; null for strings. */
    public static ValueOperations[] operations() {
        ValueOperations[] operations = new ValueOperations[Type.COUNT];
        operations[Type.LIST] = new ListOperations();
        operations[Type.ZSET] = new ZsetOperations();
        operations[Type.SET] = new SetOperations();
        operations[Type.HASH] = new HashOperations();
        operations[Type.MODULE] = new ModuleOperations();
        operations[Type.STREAM] = new StreamOperations();
        return operations;
    }
}
