package io.ferrite.durability.rdb;

/**
 * The numbers of the format: value types and opcodes. Fixed for ever; {@code RdbNumbersTest}
 * freezes them.
 */
public final class RdbType {

    public static final int STRING = 0;
    public static final int LIST = 1;
    public static final int SET = 2;
    public static final int ZSET = 3;
    public static final int HASH = 4;
    public static final int ZSET_2 = 5;
    public static final int MODULE_PRE_GA = 6;
    public static final int MODULE_2 = 7;
    public static final int HASH_ZIPMAP = 9;
    public static final int LIST_ZIPLIST = 10;
    public static final int SET_INTSET = 11;
    public static final int ZSET_ZIPLIST = 12;
    public static final int HASH_ZIPLIST = 13;
    public static final int LIST_QUICKLIST = 14;
    public static final int STREAM_LISTPACKS = 15;
    public static final int HASH_LISTPACK = 16;
    public static final int ZSET_LISTPACK = 17;
    public static final int LIST_QUICKLIST_2 = 18;
    public static final int STREAM_LISTPACKS_2 = 19;
    public static final int SET_LISTPACK = 20;
    public static final int STREAM_LISTPACKS_3 = 21;
    public static final int HASH_METADATA_PRE_GA = 22;
    public static final int HASH_LISTPACK_EX_PRE_GA = 23;
    public static final int HASH_METADATA = 24;
    public static final int HASH_LISTPACK_EX = 25;

    /** The highest value type there is. */
    public static final int LAST = HASH_LISTPACK_EX;

    /** Valkey's hash with times, its type 22 from version 80 on; the number is ours. */
    static final int VALKEY_HASH_2 = 0x116;

    /** The number that Valkey gives it. */
    static final int VALKEY_LAST = 22;

    static final int OPCODE_SLOT_IMPORT = 243;
    static final int OPCODE_SLOT_INFO = 244;
    static final int OPCODE_FUNCTION2 = 245;
    static final int OPCODE_FUNCTION_PRE_GA = 246;
    static final int OPCODE_MODULE_AUX = 247;
    static final int OPCODE_IDLE = 248;
    static final int OPCODE_FREQ = 249;
    static final int OPCODE_AUX = 250;
    static final int OPCODE_RESIZEDB = 251;
    static final int OPCODE_EXPIRETIME_MS = 252;
    static final int OPCODE_EXPIRETIME = 253;
    static final int OPCODE_SELECTDB = 254;
    static final int OPCODE_EOF = 255;

    /** The newest version that is read. */
    public static final int NEWEST_READ = 12;

    /** The version that is written unless a value needs a newer one: Redis 7.0 reads it. */
    public static final int WRITTEN = 10;

    private RdbType() {}

    /** The version of the format that brought a value type. */
    public static int versionOf(int type) {
        if (type >= HASH_METADATA_PRE_GA) {
            return 12;
        }
        return type >= SET_LISTPACK ? 11 : WRITTEN; // STREAM_LISTPACKS_3 among them
    }
}
