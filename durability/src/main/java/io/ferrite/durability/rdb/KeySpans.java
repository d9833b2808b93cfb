package io.ferrite.durability.rdb;

import io.ferrite.memory.Memory;

/**
 * Finds how far whole keys reach in bytes at hand, by their lengths alone: what the strings hold is
 * the affair of who reads them. Only types that nearly all keys have are known here; a stream, a
 * module's value or anything odd ends a stretch. One thread.
 */
final class KeySpans {

    /** What a value is made of, from what number of items on. */
    private enum Form {
        UNKNOWN,
        STRING,
        STRINGS,
        PAIRS,
        SCORED,
        NODES,
        TIMED_STRING,
        TIMED_PAIRS
    }

    private static final Form[] FORMS = forms();

    private static final int MASK_LENGTH = 0x3F;
    private static final int COMPRESSED = 0xC3;

    private long at;
    private long end;
    private boolean cutOff;

    private static Form[] forms() {
        Form[] forms = new Form[RdbType.LAST + 1];
        for (int type = 0; type < forms.length; type++) {
            forms[type] =
                    switch (type) {
                        case RdbType.STRING,
                                RdbType.HASH_ZIPMAP,
                                RdbType.LIST_ZIPLIST,
                                RdbType.SET_INTSET,
                                RdbType.ZSET_ZIPLIST,
                                RdbType.HASH_ZIPLIST,
                                RdbType.HASH_LISTPACK,
                                RdbType.ZSET_LISTPACK,
                                RdbType.SET_LISTPACK ->
                                Form.STRING;
                        case RdbType.LIST, RdbType.SET, RdbType.LIST_QUICKLIST -> Form.STRINGS;
                        case RdbType.HASH -> Form.PAIRS;
                        case RdbType.ZSET_2 -> Form.SCORED;
                        case RdbType.LIST_QUICKLIST_2 -> Form.NODES;
                        case RdbType.HASH_LISTPACK_EX -> Form.TIMED_STRING;
                        case RdbType.HASH_METADATA -> Form.TIMED_PAIRS;
                        default -> Form.UNKNOWN;
                    };
        }
        return forms;
    }

    /** How many of these bytes are whole keys, with what is said before them. */
    int measure(long address, int length) {
        at = address;
        end = address + length;
        cutOff = false;
        long whole = address;
        while (key()) {
            whole = at;
        }
        return (int) (whole - address);
    }

    /** Whether the last {@link #measure} ended because a key had more bytes than were there. */
    boolean cutOff() {
        return cutOff;
    }

    private boolean key() {
        while (true) {
            int type = octet();
            switch (type) {
                case RdbType.OPCODE_EXPIRETIME_MS -> skip(8);
                case RdbType.OPCODE_EXPIRETIME -> skip(4);
                case RdbType.OPCODE_FREQ -> skip(1);
                case RdbType.OPCODE_IDLE -> length();
                default -> {
                    return type >= 0 && type < FORMS.length && string() && value(FORMS[type]);
                }
            }
            if (cutOff) {
                return false;
            }
        }
    }

    private boolean value(Form form) {
        return switch (form) {
            case UNKNOWN -> false;
            case STRING -> string();
            case TIMED_STRING -> skip(8) && string();
            case TIMED_PAIRS -> skip(8) && items(form);
            default -> items(form);
        };
    }

    private boolean items(Form form) {
        long count = length();
        if (count < 0) {
            return false;
        }
        for (long i = 0; i < count; i++) {
            boolean there =
                    switch (form) {
                        case PAIRS -> string() && string();
                        case SCORED -> string() && skip(8);
                        case NODES -> length() >= 0 && string();
                        case TIMED_PAIRS -> length() >= 0 && string() && string();
                        default -> string();
                    };
            if (!there) {
                return false;
            }
        }
        return true;
    }

    private boolean skip(long bytes) {
        if (bytes > end - at) {
            cutOff = true;
            return false;
        }
        at += bytes;
        return true;
    }

    /** The next byte, or -1. */
    private int octet() {
        return skip(1) ? Memory.getUnsignedByte(at - 1) : -1;
    }

    /** A length; -1 if it is cut off, is no length, or is none that fits any memory. */
    private long length() {
        int first = octet();
        return first < 0 ? -1 : lengthAfter(first);
    }

    private long lengthAfter(int first) {
        switch (first >>> 6) {
            case 0:
                return first & MASK_LENGTH;
            case 1:
                int low = octet();
                return low < 0 ? -1 : (first & MASK_LENGTH) << 8 | low;
            case 2:
                if (first == 0x80) {
                    return skip(4) ? Memory.getIntBigEndian(at - 4) & 0xFFFFFFFFL : -1;
                }
                return first == 0x81 && skip(8)
                        ? Math.max(-1, Memory.getLongBigEndian(at - 8))
                        : -1;
            default:
                return -1;
        }
    }

    private boolean string() {
        int first = octet();
        if (first < 0xC0) {
            long length = first < 0 ? -1 : lengthAfter(first);
            return length >= 0 && skip(length);
        }
        if (first < COMPRESSED) {
            return skip(1L << (first & MASK_LENGTH));
        }
        if (first > COMPRESSED) {
            return false;
        }
        long packed = length();
        return packed >= 0 && length() >= 0 && skip(packed);
    }
}
