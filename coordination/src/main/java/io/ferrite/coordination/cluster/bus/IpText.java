package io.ferrite.coordination.cluster.bus;

/** IP addresses as text, in the one form that nodes compare: that of inet_ntop. */
public final class IpText {

    private static final int GROUPS = 8;

    private IpText() {}

    /** The usual form of an address, or null for what is none. */
    public static String normalize(String text) {
        if (text.length() >= Identifiers.ADDRESS_BYTES) {
            return null;
        }
        if (text.indexOf(':') < 0) {
            return v4(text) < 0 ? null : text;
        }
        int[] groups = v6(text);
        return groups == null ? null : format(groups);
    }

    /** The number of a dotted address, or -1. */
    private static long v4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return -1;
        }
        long address = 0;
        for (String part : parts) {
            boolean digits =
                    !part.isEmpty()
                            && part.length() <= 3
                            && part.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!digits || part.length() > 1 && part.charAt(0) == '0') {
                return -1;
            }
            int value = Integer.parseInt(part);
            if (value > 255) {
                return -1;
            }
            address = address << 8 | value;
        }
        return address;
    }

    /** The groups of an address with colons, or null. */
    private static int[] v6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return null;
        }
        int[] groups = new int[GROUPS];
        if (gap < 0) {
            return fill(groups, 0, text) == GROUPS ? groups : null;
        }
        String before = text.substring(0, gap);
        if (before.indexOf('.') >= 0) {
            return null; // a dotted part stands at the end only
        }
        String after = text.substring(gap + 2);
        int head = before.isEmpty() ? 0 : fill(groups, 0, before);
        int[] behind = new int[GROUPS];
        int tail = after.isEmpty() ? 0 : fill(behind, 0, after);
        if (head < 0 || tail < 0 || head + tail >= GROUPS) {
            return null;
        }
        System.arraycopy(behind, 0, groups, GROUPS - tail, tail);
        return groups;
    }

    /** How many groups there are in a part without a gap; -1 when it is malformed. */
    private static int fill(int[] groups, int from, String text) {
        int at = from;
        String[] parts = text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (part.indexOf('.') >= 0) {
                long v4 = v4(part);
                if (i != parts.length - 1 || v4 < 0 || at + 2 > GROUPS) {
                    return -1;
                }
                groups[at++] = (int) (v4 >>> 16);
                groups[at++] = (int) v4 & 0xFFFF;
                continue;
            }
            boolean hex =
                    !part.isEmpty()
                            && part.length() <= 4
                            && part.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128);
            if (!hex || at == GROUPS) {
                return -1;
            }
            groups[at++] = Integer.parseInt(part, 16);
        }
        return at;
    }

    private static String format(int[] groups) {
        int start = -1;
        int longest = 1;
        for (int i = 0; i < GROUPS; i++) {
            int j = i;
            while (j < GROUPS && groups[j] == 0) {
                j++;
            }
            if (j - i > longest) {
                longest = j - i;
                start = i;
            }
        }
        boolean mapped = start == 0 && (longest == 6 || longest == 5 && groups[5] == 0xFFFF);
        int end = mapped ? 6 : GROUPS;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < end; i++) {
            if (i == start) {
                text.append("::");
                i += longest - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        if (mapped) {
            if (text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(groups[6] >> 8).append('.').append(groups[6] & 255).append('.');
            text.append(groups[7] >> 8).append('.').append(groups[7] & 255);
        }
        return text.toString();
    }
}
