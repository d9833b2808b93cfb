package io.ferrite.coordination.cluster;

/** What is said of a node, as bits: those of the bus, of nodes.conf and of CLUSTER NODES. */
public final class NodeFlags {

    public static final int MASTER = 1;
    public static final int REPLICA = 1 << 1;

    /** It does not answer us. */
    public static final int PFAIL = 1 << 2;

    /** A majority of masters says that it does not answer. */
    public static final int FAIL = 1 << 3;

    public static final int MYSELF = 1 << 4;

    /** Its true id is not known yet. */
    public static final int HANDSHAKE = 1 << 5;

    /** Where it was there is somebody else. */
    public static final int NOADDR = 1 << 6;

    /** It is to be sent a MEET. */
    public static final int MEET = 1 << 7;

    /** A master that had replicas, and may be given others. */
    public static final int MIGRATE_TO = 1 << 8;

    /** A replica that never takes over by itself. */
    public static final int NOFAILOVER = 1 << 9;

    private static final int[] SHOWN = {
        MYSELF, MASTER, REPLICA, PFAIL, FAIL, HANDSHAKE, NOADDR, NOFAILOVER
    };

    private static final String[] NAMES = {
        "myself", "master", "slave", "fail?", "fail", "handshake", "noaddr", "nofailover"
    };

    private NodeFlags() {}

    /** As CLUSTER NODES shows them. */
    static String text(int flags) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < SHOWN.length; i++) {
            if ((flags & SHOWN[i]) != 0) {
                text.append(text.isEmpty() ? "" : ",").append(NAMES[i]);
            }
        }
        return text.isEmpty() ? "noflags" : text.toString();
    }

    /** The reverse; -1 when a word is none of them. */
    static int parse(String text) {
        int flags = 0;
        for (String word : text.split(",", -1)) {
            int flag = word.equalsIgnoreCase("noflags") ? 0 : -1;
            for (int i = 0; i < NAMES.length; i++) {
                if (NAMES[i].equalsIgnoreCase(word)) {
                    flag = SHOWN[i];
                }
            }
            if (flag < 0) {
                return -1;
            }
            flags |= flag;
        }
        return flags;
    }
}
