package io.ferrite.durability.rdb;

import io.ferrite.memory.Slab;
import java.io.IOException;

/** Reads a value of any type there is. */
final class ValueCodec {

    private ValueCodec() {}

    /** Reads a value into blocks of {@code slab}; refused if it is damaged, in any part. */
    static void read(int type, RdbInput in, Slab slab, RdbLimits limits, RdbValue value)
            throws IOException {
        switch (type) {
            case RdbType.STRING -> StringCodec.read(in, slab, value);
            case RdbType.LIST,
                    RdbType.LIST_ZIPLIST,
                    RdbType.LIST_QUICKLIST,
                    RdbType.LIST_QUICKLIST_2 ->
                    ListCodec.read(type, in, slab, limits.lists(), value);
            case RdbType.SET, RdbType.SET_INTSET, RdbType.SET_LISTPACK ->
                    SetCodec.read(type, in, slab, limits.sets(), value);
            case RdbType.ZSET, RdbType.ZSET_2, RdbType.ZSET_ZIPLIST, RdbType.ZSET_LISTPACK ->
                    ZsetCodec.read(type, in, slab, limits.zsets(), value);
            case RdbType.HASH,
                    RdbType.HASH_ZIPMAP,
                    RdbType.HASH_ZIPLIST,
                    RdbType.HASH_LISTPACK,
                    RdbType.HASH_METADATA_PRE_GA,
                    RdbType.HASH_LISTPACK_EX_PRE_GA,
                    RdbType.HASH_METADATA,
                    RdbType.VALKEY_HASH_2,
                    RdbType.HASH_LISTPACK_EX ->
                    HashCodec.read(type, in, slab, limits.hashes(), value);
            case RdbType.STREAM_LISTPACKS, RdbType.STREAM_LISTPACKS_2, RdbType.STREAM_LISTPACKS_3 ->
                    StreamCodec.read(type, in, slab, value);
            case RdbType.MODULE_PRE_GA ->
                    throw in.refuse("Pre-release module format not supported");
            case RdbType.MODULE_2 -> ModuleCodec.read(in, slab, value);
            default -> throw in.refuse("Unknown RDB encoding type " + type);
        }
    }
}
