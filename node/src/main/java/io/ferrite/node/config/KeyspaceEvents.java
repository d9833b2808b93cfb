package io.ferrite.node.config;

import java.util.List;

/** The classes of keyspace events that are published, as bits. */
public final class KeyspaceEvents {
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

    /** What the letter A stands for: every class but misses and new keys. */
    public static final int ALL =
            GENERIC | STRING | LIST | SET | HASH | ZSET | EXPIRED | EVICTED | STREAM | MODULE;

    private static final String LETTERS = "g$lshzxetdnKEm";
    private static final int[] BITS = {
        GENERIC, STRING, LIST, SET, HASH, ZSET, EXPIRED, EVICTED, STREAM, MODULE, NEW, KEYSPACE,
        KEYEVENT, KEY_MISS
    };

    private KeyspaceEvents() {}

    /** {@code notify-keyspace-events LETTERS}. */
    static final class Form implements ListOption.Form<Integer> {

        @Override
        public Integer byDefault() {
            return 0;
        }

        @Override
        public Integer parse(List<String> words, Integer current, Option.Origin origin) {
            String letters = words.getFirst();
            int bits = 0;
            for (int i = 0; i < letters.length(); i++) {
                char letter = letters.charAt(i);
                int at = LETTERS.indexOf(letter);
                if (letter != 'A' && at < 0) {
                    throw new ConfigRefusal(
                            "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
                }
                bits |= letter == 'A' ? ALL : BITS[at];
            }
            return bits;
        }

        @Override
        public String render(Integer value) {
            StringBuilder out = new StringBuilder();
            boolean all = (value & ALL) == ALL;
            if (all) {
                out.append('A');
            }
            for (int i = 0; i < BITS.length; i++) {
                // Beside A, the letters it stands for are left out, and that of new keys too.
                boolean covered = all && (BITS[i] & (ALL | NEW)) != 0;
                if (!covered && (value & BITS[i]) != 0) {
                    out.append(LETTERS.charAt(i));
                }
            }
            return out.toString();
        }

        @Override
        public List<String> renderForFile(Integer value) {
            return List.of(Words.quote(render(value)));
        }

        @Override
        public long asNumber(Integer value) {
            return value;
        }
    }
}
