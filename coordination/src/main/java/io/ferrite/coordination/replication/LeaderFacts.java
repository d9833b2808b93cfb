package io.ferrite.coordination.replication;

/**
 * What a leader says in INFO about its history, for a follower that has data to lose.
 *
 * @param id the name of its stream, {@link History#NONE} if it said none
 * @param end how many bytes of the stream it has, -1 if it did not say
 * @param previousId the name before
 * @param previousEnd how many bytes it has of the stream of that name, -1 for none
 * @param relays whether it follows a leader itself
 */
public record LeaderFacts(
        String id, long end, String previousId, long previousEnd, boolean relays) {

    /** Nothing said. */
    static final LeaderFacts NONE = new LeaderFacts(History.NONE, -1, History.NONE, -1, false);

    /** With what another line says. */
    LeaderFacts with(String line) {
        int colon = line.indexOf(':');
        if (colon < 0) {
            return this;
        }
        String value = line.substring(colon + 1).strip();
        return switch (line.substring(0, colon)) {
            case "master_replid" -> new LeaderFacts(value, end, previousId, previousEnd, relays);
            case "master_replid2" -> new LeaderFacts(id, end, value, previousEnd, relays);
            case "master_repl_offset" ->
                    new LeaderFacts(id, number(value), previousId, previousEnd, relays);
            case "second_repl_offset" ->
                    new LeaderFacts(id, end, previousId, Math.max(-1, number(value) - 1), relays);
            case "role" -> new LeaderFacts(id, end, previousId, previousEnd, value.equals("slave"));
            default -> this;
        };
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Up to where the leader has the stream of that name, -1 if it does not know it. */
    long commonEnd(String stream) {
        if (stream.equalsIgnoreCase(History.NONE)) {
            return -1;
        }
        if (stream.equalsIgnoreCase(id)) {
            return end;
        }
        return stream.equalsIgnoreCase(previousId) ? previousEnd : -1;
    }

    /**
     * Whether it only needs time: it is fed the very stream that this server has more of.
     *
     * @param bytes how many of that stream this server has
     */
    boolean willCatchUp(String stream, long bytes) {
        return relays && stream.equalsIgnoreCase(id) && end < bytes;
    }

    /**
     * Where to go on: behind all bytes that this server has; or where the leader's history left
     * them, if no data lies behind that.
     *
     * @param dataEnd behind the last of the bytes that carry data
     */
    long startFor(String stream, long dataEnd, long bytes) {
        long common = commonEnd(stream);
        boolean left = stream.equalsIgnoreCase(previousId) && common >= dataEnd;
        return left ? Math.min(common, bytes) : bytes;
    }

    /** Why its history does not contain the first bytes of that stream, or null if it does. */
    String lacks(String stream, long bytes) {
        long common = commonEnd(stream);
        if (common >= bytes) {
            return null;
        }
        if (common < 0) {
            return end <= 0
                    ? "it is empty or has no history"
                    : "its history does not contain this server's";
        }
        return "its history lacks the last " + (bytes - common) + " bytes of this server's";
    }
}
