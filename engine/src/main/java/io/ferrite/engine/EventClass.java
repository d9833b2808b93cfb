package io.ferrite.engine;

/** The classes of keyspace events, as bits, by the letters of {@code notify-keyspace-events}. */
public final class EventClass {

    public static final int KEYSPACE = 1;
    public static final int KEYEVENT = 1 << 1;
    public static final int GENERIC = 1 << 2;
    public static final int STRING = 1 << 3;
    public static final int LIST = 1 << 4;
    public static final int SET = 1 << 5;
    public static final int HASH = 1 << 6;
    public static final int ZSET = 1 << 7;
    public static final int EXPIRED = 1 << 8;
    public static final int EVICTED = 1 << 9;
    public static final int STREAM = 1 << 10;
    public static final int KEY_MISS = 1 << 11;
    public static final int MODULE = 1 << 13;
    public static final int NEW = 1 << 14;

    /** What the letter A stands for: everything but key misses and new keys. */
    public static final int ALL =
            GENERIC | STRING | LIST | SET | HASH | ZSET | EXPIRED | EVICTED | STREAM | MODULE;

    private static final String LETTERS = "KEg$lshzxetm\0dn";

    private EventClass() {}

    /** The bits that {@code letters} selects, or -1 when a letter is unknown. */
    public static int parse(String letters) {
        int bits = 0;
        for (int i = 0; i < letters.length(); i++) {
            char letter = letters.charAt(i);
            if (letter == 'A') {
                bits |= ALL;
                continue;
            }
            int at = LETTERS.indexOf(letter);
            if (at < 0 || letter == '\0') {
                return -1;
            }
            bits |= 1 << at;
        }
        return bits;
    }

    /** The letters for {@code bits} in the order in which Redis prints them. */
    public static String render(int bits) {
        StringBuilder out = new StringBuilder();
        if ((bits & ALL) == ALL) {
            out.append('A');
        } else {
            append(out, bits, "g$lshzxetd");
        }
        append(out, bits, "KEmn");
        return out.toString();
    }

    private static void append(StringBuilder out, int bits, String order) {
        for (int i = 0; i < order.length(); i++) {
            char letter = order.charAt(i);
            if ((bits & 1 << LETTERS.indexOf(letter)) != 0) {
                out.append(letter);
            }
        }
    }
}
