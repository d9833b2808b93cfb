package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.bus.Endpoint;
import io.ferrite.coordination.cluster.bus.Identifiers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file in which a node keeps its view: nodes.conf in Redis' format.
 *
 * <pre>
 *   id ip:port@bus,host,tls-port=0,nodename=n,shard-id=s flags master ping pong epoch link slots...
 *   vars currentEpoch 6 lastVoteEpoch 0
 * </pre>
 *
 * What stands behind the host was added in 7.2 and may be missing; {@code @bus} may be as well. A
 * file that does not end with its {@code vars} line and a line feed was cut off, and is refused:
 * half of a line of slots reads like fewer slots.
 */
public final class NodesFile {

    private static final int FIELDS = 8;
    private static final int BUS_OFFSET = 10000;
    private static final Pattern MOVE = Pattern.compile("\\[(\\d{1,5})-([<>])-([0-9a-z]{40})\\]");
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");
    private static final Pattern PLACE = Pattern.compile("(.*):(\\d{1,5})(?:@(\\d{1,5}))?");

    private NodesFile() {}

    /**
     * What a file says.
     *
     * @param pinged nodes that had not answered a ping
     * @param answered nodes that ever answered one
     */
    public record Contents(ClusterView view, Set<String> pinged, Set<String> answered) {}

    /** The file is not one, or was damaged. */
    public static final class Corrupt extends Exception {
        private static final long serialVersionUID = 1L;

        private Corrupt(String line) {
            super("Unrecoverable error: corrupted cluster config file \"" + line + "\".");
        }
    }

    // --- writing ---------------------------------------------------------------------------------

    /** The file's text. */
    static String write(ClusterCore core, Courier courier) {
        StringBuilder text = new StringBuilder();
        for (ClusterNode node : core.view.nodes()) {
            if (!node.isInHandshake()) {
                line(text, core, courier, node, Form.FILE);
            }
        }
        return text.append("vars currentEpoch ")
                .append(Long.toUnsignedString(core.view.currentEpoch()))
                .append(" lastVoteEpoch ")
                .append(Long.toUnsignedString(core.view.lastVoteEpoch()))
                .append('\n')
                .toString();
    }

    /** For whom a line is. */
    enum Form {
        FILE,
        CLIENT,
        TLS_CLIENT
    }

    static void line(
            StringBuilder text, ClusterCore core, Courier courier, ClusterNode node, Form form) {
        Endpoint at = node.endpoint();
        text.append(node.id()).append(' ').append(at.ip()).append(':');
        text.append(form == Form.TLS_CLIENT ? at.tlsPort() : at.port());
        text.append('@').append(at.busPort());
        if (!node.hostName().isEmpty() || form == Form.FILE) {
            text.append(',').append(node.hostName());
        }
        if (form == Form.FILE) {
            text.append(",tls-port=").append(at.tlsPort());
            if (!node.nodeName().isEmpty()) {
                text.append(",nodename=").append(node.nodeName());
            }
            text.append(",shard-id=").append(node.shardId());
        }
        text.append(' ').append(NodeFlags.text(node.flags())).append(' ');
        text.append(node.masterId() == null ? "-" : node.masterId());
        Peer peer = core.peer(node);
        ClusterNode master = core.view.node(node.masterId());
        long epoch = node.isReplica() && master != null ? master.configEpoch() : node.configEpoch();
        text.append(' ').append(courier.wall(peer.pingSentMs));
        text.append(' ').append(courier.wall(peer.pongReceivedMs));
        text.append(' ').append(Long.toUnsignedString(epoch));
        boolean linked = peer.link != null || core.isSelf(node);
        text.append(linked ? " connected" : " disconnected");
        if (!node.slots().isEmpty()) {
            text.append(' ').append(node.slots());
        }
        if (core.isSelf(node)) {
            moves(text, core.view);
        }
        text.append('\n');
    }

    private static void moves(StringBuilder text, ClusterView view) {
        view.migrating().forEach((slot, to) -> text.append(" [" + slot + "->-" + to + "]"));
        view.importing()
                .forEach((slot, from) -> {
                    if (!view.migrating().containsKey(slot)) {
                        text.append(" [" + slot + "-<-" + from + "]");
                    }
                });
    }

    // --- reading ---------------------------------------------------------------------------------

    /**
     * Reads a file that is not empty.
     *
     * @param tls whether the bus is one with TLS: a file older than 7.2 has that kind's port only
     * @param makeId makes ids for shards that a file does not name
     */
    public static Contents read(
            String text, boolean tls, java.util.function.Supplier<String> makeId) throws Corrupt {
        Reading reading = new Reading(tls, makeId);
        String last = "";
        for (String line : text.split("\n", -1)) {
            last = line;
            if (!line.isEmpty()) {
                reading.line(line);
            }
        }
        if (!last.isEmpty() || !reading.hasVars) {
            throw new Corrupt(last);
        }
        return reading.contents();
    }

    /** One file being read. */
    private static final class Reading {

        private final boolean tls;
        private final java.util.function.Supplier<String> makeId;
        private final List<ClusterNode> nodes = new ArrayList<>();
        private final Set<String> pinged = new HashSet<>();
        private final Set<String> answered = new HashSet<>();
        private final List<String> moves = new ArrayList<>();
        private ClusterNode self;
        private long currentEpoch;
        private long lastVoteEpoch;
        private boolean hasVars;

        Reading(boolean tls, java.util.function.Supplier<String> makeId) {
            this.tls = tls;
            this.makeId = makeId;
        }

        void line(String line) throws Corrupt {
            String[] words = line.trim().split(" +");
            if (words[0].equalsIgnoreCase("vars")) {
                vars(line, words);
            } else {
                node(line, words);
            }
        }

        private void vars(String line, String[] words) throws Corrupt {
            if (words.length % 2 == 0) {
                throw new Corrupt(line);
            }
            hasVars = true;
            for (int i = 1; i < words.length; i += 2) {
                switch (words[i].toLowerCase(Locale.ROOT)) {
                    case "currentepoch" -> currentEpoch = epoch(line, words[i + 1]);
                    case "lastvoteepoch" -> lastVoteEpoch = epoch(line, words[i + 1]);
                    default -> {} // from a version that has more of them
                }
            }
        }

        private static long epoch(String line, String word) throws Corrupt {
            try {
                return Long.parseUnsignedLong(word);
            } catch (NumberFormatException e) {
                throw new Corrupt(line);
            }
        }

        private void node(String line, String[] words) throws Corrupt {
            int flags = words.length < FIELDS ? -1 : NodeFlags.parse(words[2]);
            if (flags < 0 || !Identifiers.isId(words[0])) {
                throw new Corrupt(line);
            }
            boolean replica = (flags & NodeFlags.REPLICA) != 0 && !words[3].equals("-");
            if (!words[3].equals("-") && !Identifiers.isId(words[3])) {
                throw new Corrupt(line);
            }
            ClusterNode node =
                    place(line, ClusterNode.of(words[0], "", flags), words[1])
                            .withEpoch(replica ? 0 : epoch(line, words[6]))
                            .withMaster(words[3].equals("-") ? null : words[3])
                            .withSlots(slots(line, words, flags));
            for (ClusterNode other : nodes) {
                if (other.id().equals(node.id())) {
                    throw new Corrupt(line);
                }
            }
            if (!words[4].equals("0")) {
                pinged.add(node.id());
            }
            if (!words[5].equals("0")) {
                answered.add(node.id());
            }
            nodes.add(node);
            if (node.has(NodeFlags.MYSELF)) {
                if (self != null) {
                    throw new Corrupt(line);
                }
                self = node;
            }
        }

        /** Address, ports and names. */
        private ClusterNode place(String line, ClusterNode node, String word) throws Corrupt {
            String[] parts = word.split(",", -1);
            Matcher m = PLACE.matcher(parts[0]);
            String host = parts.length > 1 ? parts[1] : "";
            boolean good =
                    m.matches()
                            && (m.group(1).isEmpty() || Identifiers.isAddress(m.group(1)))
                            && Identifiers.isHostName(host);
            if (!good) {
                throw new Corrupt(line);
            }
            int first = port(line, m.group(2));
            int tcp = -1;
            int secure = -1;
            String name = "";
            String shard = "";
            for (int i = 2; i < parts.length; i++) {
                String[] pair = parts[i].split("=", -1);
                if (pair.length != 2) {
                    throw new Corrupt(line);
                }
                switch (pair[0]) {
                    case "tcp-port" -> tcp = port(line, pair[1]);
                    case "tls-port" -> secure = port(line, pair[1]);
                    case "nodename" -> name = pair[1];
                    case "shard-id" -> shard = pair[1];
                    default -> {} // from a version that has more of them
                }
            }
            if (!Identifiers.isNodeName(name) || !shard.isEmpty() && !Identifiers.isId(shard)) {
                throw new Corrupt(line);
            }
            if (tcp < 0 && secure < 0) {
                tcp = tls ? 0 : first;
                secure = tls ? first : 0;
            }
            tcp = tcp < 0 ? first : tcp;
            secure = secure < 0 ? first : secure;
            int bus = m.group(3) == null ? first + BUS_OFFSET : port(line, m.group(3));
            return node.withEndpoint(new Endpoint(m.group(1), tcp, secure, bus))
                    .withNames(host, name)
                    .withShard(shard);
        }

        private static int port(String line, String digits) throws Corrupt {
            try {
                int port = Integer.parseInt(digits);
                if (port >= 0 && port <= 65535) {
                    return port;
                }
            } catch (NumberFormatException e) {
                throw new Corrupt(line);
            }
            throw new Corrupt(line);
        }

        private SlotSet slots(String line, String[] words, int flags) throws Corrupt {
            SlotSet slots = SlotSet.EMPTY;
            for (int i = FIELDS; i < words.length; i++) {
                if (words[i].startsWith("[")) {
                    Matcher move = MOVE.matcher(words[i]);
                    if (!move.matches() || Integer.parseInt(move.group(1)) >= SlotSet.SLOTS) {
                        throw new Corrupt(line);
                    }
                    if ((flags & NodeFlags.MYSELF) != 0) {
                        moves.add(words[i]);
                    }
                    continue;
                }
                Matcher range = RANGE.matcher(words[i]);
                if (!range.matches()) {
                    throw new Corrupt(line);
                }
                int first = Integer.parseInt(range.group(1));
                int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
                if (first >= SlotSet.SLOTS || last >= SlotSet.SLOTS) {
                    throw new Corrupt(line);
                }
                slots = slots.withRange(first, last);
            }
            return slots;
        }

        Contents contents() throws Corrupt {
            if (self == null) {
                throw new Corrupt("no line is flagged myself");
            }
            ClusterView view = ClusterView.alone(self.withSlots(SlotSet.EMPTY));
            for (ClusterNode node : nodes) {
                view = view.with(node.withSlots(SlotSet.EMPTY));
            }
            SlotSet owned = SlotSet.EMPTY;
            for (ClusterNode node : nodes) {
                // The first line that names a slot has it.
                view = view.assign(node.slots().minus(owned), node.id());
                owned = owned.plus(node.slots());
            }
            for (String word : moves) {
                Matcher m = MOVE.matcher(word);
                if (m.matches()) {
                    int slot = Integer.parseInt(m.group(1));
                    view =
                            m.group(2).equals(">")
                                    ? view.migrating(slot, m.group(3))
                                    : view.importing(slot, m.group(3));
                }
            }
            view = withShards(view);
            long epoch = Math.max(currentEpoch, view.withEpoch(currentEpoch).maxEpoch());
            return new Contents(
                    view.withEpoch(epoch).withVote(lastVoteEpoch),
                    Set.copyOf(pinged),
                    Set.copyOf(answered));
        }

        /** Replicas are of their master's shard; masters that have replicas may get more. */
        private ClusterView withShards(ClusterView read) {
            ClusterView view = read;
            boolean replicas = false;
            for (ClusterNode node : read.nodes()) {
                if (node.shardId().isEmpty() && read.node(node.masterId()) == null) {
                    view = view.with(node.withShard(makeId.get()));
                }
                replicas |= read.node(node.masterId()) != null;
            }
            for (ClusterNode node : view.nodes()) {
                ClusterNode master = view.node(node.masterId());
                if (master != null) {
                    view = view.with(master.withFlags(NodeFlags.MIGRATE_TO, 0));
                    view =
                            view.with(
                                    node.shardId().isEmpty()
                                            ? node.withShard(view.masterOf(node).shardId())
                                            : node);
                } else if (replicas && node.votes()) {
                    view = view.with(view.node(node.id()).withFlags(NodeFlags.MIGRATE_TO, 0));
                }
            }
            return view;
        }
    }
}
