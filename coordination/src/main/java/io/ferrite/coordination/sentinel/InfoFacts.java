package io.ferrite.coordination.sentinel;

import java.util.ArrayList;
import java.util.List;

/**
 * What Sentinel takes from the text of INFO: lines {@code name:value}, as redis-server 2.8 to 8
 * write them. Unknown lines are skipped, and numbers that are none count as 0.
 *
 * @param role what the server says it is; null if it does not say
 * @param masterHost whom a replica follows; empty if it does not say
 * @param linkDownMs how long a replica has been without its master, 0 if it has it
 * @param offset how far a replica is in the replication stream
 * @param masterOffset the end of the server's own stream, -1 if it does not say
 * @param historyId {@code master_replid}, the name of the history its data belong to
 * @param formerHistoryId {@code master_replid2}, the history that one goes on from
 * @param keys how many keys it has, -1 if it does not say
 * @param keepsLog whether it writes an append-only file, from which data come back without the name
 *     of their history
 * @param uptimeMs how long it has run, 0 if it does not say
 * @param ackReplicas how many replicas must have a write before it is acknowledged, 0 for none
 * @param replicas whom it names as its replicas
 */
public record InfoFacts(
        String runId,
        Role role,
        String masterHost,
        int masterPort,
        boolean masterLinkUp,
        long linkDownMs,
        int priority,
        long offset,
        long masterOffset,
        boolean announced,
        String historyId,
        String formerHistoryId,
        long keys,
        boolean keepsLog,
        long uptimeMs,
        int ackReplicas,
        List<Named> replicas) {

    /** What a server says it is. */
    public enum Role {
        MASTER("master"),
        REPLICA("slave");

        private final String word;

        Role(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /** A replica as its master names it. */
    public record Named(String host, int port) {}

    private static final int RUN_ID_LENGTH = 40;
    private static final int REPLICAS_MAX = 1000;
    private static final long YEARS = 10_000_000_000L;

    static final int USUAL_PRIORITY = 100;

    public static InfoFacts parse(String info) {
        Reader reader = new Reader();
        int at = 0;
        while (at < info.length()) {
            int end = info.indexOf('\n', at);
            int next = end < 0 ? info.length() : end + 1;
            int stop = end < 0 ? info.length() : end;
            if (stop > at && info.charAt(stop - 1) == '\r') {
                stop--;
            }
            reader.line(info.substring(at, stop));
            at = next;
        }
        return reader.facts();
    }

    /** Collects the lines. */
    private static final class Reader {
        private String runId = "";
        private Role role;
        private String masterHost = "";
        private int masterPort;
        private boolean masterLinkUp;
        private long linkDownMs;
        private int priority = USUAL_PRIORITY;
        private long offset;
        private long masterOffset = -1;
        private boolean announced = true;
        private String historyId = "";
        private String formerHistoryId = "";
        private long keys = -1;
        private boolean keepsLog;
        private long uptimeMs;
        private int ackReplicas;
        private final List<Named> replicas = new ArrayList<>();

        void line(String line) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                if (line.startsWith("# Keyspace")) {
                    keys = Math.max(keys, 0);
                }
                return;
            }
            String name = line.substring(0, colon);
            String value = line.substring(colon + 1);
            switch (name) {
                case "run_id" -> {
                    if (value.length() >= RUN_ID_LENGTH) {
                        runId = value.substring(0, RUN_ID_LENGTH);
                    }
                }
                case "role" -> role = roleOf(value);
                case "master_host" -> masterHost = value;
                case "master_port" -> masterPort = (int) number(value);
                case "master_link_status" -> masterLinkUp = value.equalsIgnoreCase("up");
                case "master_link_down_since_seconds" -> linkDownMs = number(value) * 1000;
                case "slave_priority" -> priority = (int) number(value);
                case "slave_repl_offset" -> offset = number(value);
                case "master_repl_offset" -> masterOffset = number(value);
                case "replica_announced" -> announced = number(value) != 0;
                case "master_replid" -> historyId = value;
                case "master_replid2" -> formerHistoryId = value;
                case "aof_enabled" -> keepsLog = number(value) != 0;
                case "uptime_in_seconds" -> uptimeMs = Math.min(number(value), YEARS) * 1000;
                case "replication_ack_replicas" -> ackReplicas = (int) number(value);
                default -> other(name, value);
            }
        }

        private static Role roleOf(String value) {
            if (value.startsWith("master")) {
                return Role.MASTER;
            }
            return value.startsWith("slave") ? Role.REPLICA : null;
        }

        private void other(String name, String value) {
            if (isNumbered(name, "slave")) {
                replica(value);
            } else if (isNumbered(name, "db") && value.startsWith("keys=")) {
                keys = Math.max(keys, 0) + number(value.substring("keys=".length()));
            }
        }

        /** {@code slave0}, {@code db15}: the word and a number. */
        private static boolean isNumbered(String name, String word) {
            return name.length() > word.length()
                    && name.startsWith(word)
                    && isDigit(name.charAt(word.length()));
        }

        /** {@code ip=1.2.3.4,port=6379,...}, formerly {@code 1.2.3.4,6379,online}. */
        private void replica(String value) {
            if (replicas.size() >= REPLICAS_MAX) {
                return;
            }
            String host;
            String port;
            int ip = value.indexOf("ip=");
            if (ip >= 0) {
                int named = value.indexOf("port=");
                if (named < 0) {
                    return;
                }
                host = upToComma(value, ip + "ip=".length());
                port = upToComma(value, named + "port=".length());
            } else {
                int comma = value.indexOf(',');
                if (comma < 0 || value.indexOf(',', comma + 1) < 0) {
                    return;
                }
                host = value.substring(0, comma);
                port = upToComma(value, comma + 1);
            }
            replicas.add(new Named(host, (int) number(port)));
        }

        private static String upToComma(String text, int from) {
            int comma = text.indexOf(',', from);
            return text.substring(from, comma < 0 ? text.length() : comma);
        }

        InfoFacts facts() {
            return new InfoFacts(
                    runId,
                    role,
                    role == Role.REPLICA ? masterHost : "",
                    role == Role.REPLICA ? masterPort : 0,
                    role == Role.REPLICA && masterLinkUp,
                    linkDownMs,
                    priority,
                    offset,
                    masterOffset,
                    announced,
                    historyId,
                    formerHistoryId,
                    keys,
                    keepsLog,
                    uptimeMs,
                    ackReplicas,
                    List.copyOf(replicas));
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** The number that a text begins with; what does not fit is cut to the largest. */
    static long number(String text) {
        int at = text.startsWith("-") ? 1 : 0;
        long value = 0;
        while (at < text.length() && isDigit(text.charAt(at))) {
            if (value > (Long.MAX_VALUE - 9) / 10) {
                return text.startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
            }
            value = value * 10 + text.charAt(at) - '0';
            at++;
        }
        return text.startsWith("-") ? -value : value;
    }
}
