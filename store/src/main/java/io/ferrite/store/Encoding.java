package io.ferrite.store;

/** How a value is laid out, as OBJECT ENCODING names it, by the numbers that Redis gives them. */
public final class Encoding {

    public static final int RAW = 0;
    public static final int INT = 1;
    public static final int HASHTABLE = 2;
    public static final int INTSET = 6;
    public static final int SKIPLIST = 7;
    public static final int EMBSTR = 8;
    public static final int QUICKLIST = 9;
    public static final int STREAM = 10;
    public static final int LISTPACK = 11;
    public static final int LISTPACK_EX = 12;

    private static final String[] NAMES = {
        "raw", "int", "hashtable", "zipmap", "linkedlist", "ziplist", "intset", "skiplist",
        "embstr", "quicklist", "stream", "listpack", "listpackex", "unknown", "unknown", "unknown"
    };

    private Encoding() {}

    public static String name(int encoding) {
        return NAMES[encoding];
    }
}
