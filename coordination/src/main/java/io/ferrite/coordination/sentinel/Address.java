package io.ferrite.coordination.sentinel;

/**
 * Where an instance listens.
 *
 * @param host as it was given: an address or a name
 * @param ip the address that the name stands for, empty while that is not known
 */
public record Address(String host, String ip, int port) {

    public static final int PORT_MAX = 65535;
    private static final int HOST_MAX = 255;

    /** Whether two addresses name one place, by address or, where names don't resolve, by name. */
    public boolean isSame(Address other) {
        return port == other.port
                && (!ip.isEmpty() && ip.equals(other.ip) || host.equalsIgnoreCase(other.host));
    }

    /** What others are told. */
    public String announced(boolean hostnames) {
        return hostnames ? host : ip;
    }

    /** {@code host:port}, an IPv6 address in brackets. */
    public String text(boolean hostnames) {
        String shown = announced(hostnames);
        return (shown.indexOf(':') >= 0 ? "[" + shown + "]" : shown) + ":" + port;
    }

    static boolean isPort(long port) {
        return port >= 0 && port <= PORT_MAX;
    }

    /** Whether text can be a host at all: it goes into files and messages of words. */
    static boolean isHost(String text) {
        if (text.isEmpty() || text.length() > HOST_MAX) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            boolean digit = c >= '0' && c <= '9';
            if (!letter && !digit && ".:-_%".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether text is an address in numbers, of either version. */
    public static boolean isIp(String text) {
        return text.indexOf(':') >= 0 ? isIp6(text) : isIp4(text);
    }

    private static boolean isIp4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (String part : parts) {
            if (part.isEmpty() || part.length() > 3 || !part.chars().allMatch(Address::isDigit)) {
                return false;
            }
            if (Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** Groups of up to four hexadecimal digits, at most one gap, a dotted tail, a zone. */
    private static boolean isIp6(String text) {
        int zone = text.indexOf('%');
        String address = zone < 0 ? text : text.substring(0, zone);
        int gap = address.indexOf("::");
        if (gap >= 0 && address.indexOf("::", gap + 1) >= 0) {
            return false;
        }
        int groups = 0;
        String[] halves =
                gap < 0
                        ? new String[] {address}
                        : new String[] {address.substring(0, gap), address.substring(gap + 2)};
        for (int half = 0; half < halves.length; half++) {
            if (halves[half].isEmpty()) {
                continue;
            }
            String[] parts = halves[half].split(":", -1);
            for (int i = 0; i < parts.length; i++) {
                boolean tail = half == halves.length - 1 && i == parts.length - 1;
                int counted = tail && parts[i].indexOf('.') >= 0 ? dotted(parts[i]) : hex(parts[i]);
                if (counted == 0) {
                    return false;
                }
                groups += counted;
            }
        }
        return gap < 0 ? groups == 8 : groups <= 7;
    }

    private static int dotted(String part) {
        return isIp4(part) ? 2 : 0;
    }

    private static int hex(String part) {
        return part.length() <= 4
                        && !part.isEmpty()
                        && part.chars().allMatch(c -> Character.digit(c, 16) >= 0)
                ? 1
                : 0;
    }
}
