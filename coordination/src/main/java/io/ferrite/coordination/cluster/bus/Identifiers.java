package io.ferrite.coordination.cluster.bus;

/**
 * What names and addresses may look like. They come from other machines and go into nodes.conf,
 * into replies and into the log, where a blank or a line feed would be read as something else.
 */
public final class Identifiers {

    /** Characters of a node's or a shard's id. */
    public static final int LENGTH = 40;

    /** Bytes of an address on the wire, one of them for its end. */
    public static final int ADDRESS_BYTES = 46;

    /** Longest name of a host or node. */
    public static final int NAME_MAX = 255;

    private Identifiers() {}

    /** Forty digits and small letters. */
    public static boolean isId(String text) {
        if (text.length() != LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'z')) {
                return false;
            }
        }
        return true;
    }

    /** An address, in numbers or as a name; an empty one is not. */
    public static boolean isAddress(String text) {
        return !text.isEmpty() && text.length() < ADDRESS_BYTES && consists(text, "-._:%");
    }

    /** A host's name; an empty one is none and may be said. */
    public static boolean isHostName(String text) {
        return text.length() <= NAME_MAX && consists(text, "-.");
    }

    /** A node's name for people; an empty one is none and may be said. */
    public static boolean isNodeName(String text) {
        return text.length() <= NAME_MAX && consists(text, "-._/");
    }

    private static boolean consists(String text, String besides) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!letter && !(c >= '0' && c <= '9') && besides.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}
