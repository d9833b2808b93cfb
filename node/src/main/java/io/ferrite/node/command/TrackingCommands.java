package io.ferrite.node.command;

import io.ferrite.engine.ArgReader;
import io.ferrite.engine.ByteKey;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Session;
import io.ferrite.engine.tracking.ClientTracking;
import io.ferrite.memory.Slice;
import io.ferrite.node.Node;
import io.ferrite.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** CLIENT TRACKING and its kin: what a client wants to be told of keys that it keeps copies of. */
final class TrackingCommands {

    private static final CommandError NOT_TRACKING =
            CommandError.of(
                    "ERR CLIENT CACHING can be called only when the client is in tracking mode with"
                            + " OPTIN or OPTOUT mode enabled");
    private static final CommandError NO_BCAST =
            CommandError.of("ERR PREFIX option requires BCAST mode to be enabled");
    private static final CommandError SWITCH_BCAST =
            CommandError.of(
                    "ERR You can't switch BCAST mode on/off before disabling tracking for this"
                            + " client, and then re-enabling it with a different mode.");
    private static final CommandError SWITCH_OPT =
            CommandError.of(
                    "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this"
                            + " client, and then re-enabling it with a different mode.");
    private static final CommandError BCAST_AND_OPT =
            CommandError.of("ERR OPTIN and OPTOUT are not compatible with BCAST");
    private static final CommandError TWO_OPTS =
            CommandError.of("ERR You can't specify both OPTIN mode and OPTOUT mode");
    private static final CommandError TWO_REDIRECTS =
            CommandError.of("ERR A client can only redirect to a single other client");
    private static final CommandError NO_SUCH_CLIENT =
            CommandError.of("ERR The client ID you want redirect to does not exist");

    /** The prefix that every key has. */
    private static final ByteKey EVERYTHING = new ByteKey(new byte[0]);

    private final Node node;

    private TrackingCommands(Node node) {
        this.node = node;
    }

    static void register(CommandTable.Builder table, Node node) {
        TrackingCommands commands = new TrackingCommands(node);
        table.bind("CLIENT|GETREDIR", LockPlan.NONE, TrackingCommands::getredir)
                .bind("CLIENT|TRACKING", LockPlan.NONE, commands::tracking)
                .bind("CLIENT|TRACKINGINFO", LockPlan.NONE, TrackingCommands::trackinginfo)
                .bind("CLIENT|CACHING", LockPlan.NONE, TrackingCommands::caching);
    }

    /**
     * CLIENT TRACKING ON | OFF [REDIRECT id] [BCAST] [PREFIX prefix ...] [OPTIN] [OPTOUT] [NOLOOP].
     */
    private void tracking(ExecutionUnit unit) {
        ArgReader options = new ArgReader(unit, 3);
        long redirect = 0;
        int wanted = 0;
        List<ByteKey> prefixes = new ArrayList<>();
        while (options.hasNext()) {
            if (options.take("REDIRECT", 1)) {
                if (redirect != 0) {
                    throw TWO_REDIRECTS;
                }
                redirect = options.nextLong();
                if (node.clients().get(redirect) == null) {
                    throw NO_SUCH_CLIENT;
                }
            } else if (options.take("BCAST")) {
                wanted |= ClientTracking.BCAST;
            } else if (options.take("OPTIN")) {
                wanted |= ClientTracking.OPTIN;
            } else if (options.take("OPTOUT")) {
                wanted |= ClientTracking.OPTOUT;
            } else if (options.take("NOLOOP")) {
                wanted |= ClientTracking.NOLOOP;
            } else if (options.take("PREFIX", 1)) {
                prefixes.add(ByteKey.of(options.next()));
            } else {
                throw CommandError.SYNTAX;
            }
        }
        Session session = unit.session();
        if (unit.arg(2).isWord("OFF")) {
            unit.engine().tracking().disable(session);
        } else if (unit.arg(2).isWord("ON")) {
            unit.requireNames(3);
            unit.engine().tracking().enable(session, wish(session, wanted, redirect, prefixes));
        } else {
            throw CommandError.SYNTAX;
        }
        unit.reply().ok();
    }

    /** What a client wants now, if that fits together and with what it wanted before. */
    private static ClientTracking wish(
            Session session, int wanted, long redirect, List<ByteKey> prefixes) {
        boolean bcast = (wanted & ClientTracking.BCAST) != 0;
        boolean optin = (wanted & ClientTracking.OPTIN) != 0;
        boolean optout = (wanted & ClientTracking.OPTOUT) != 0;
        ClientTracking before = session.tracking();
        if (!bcast && !prefixes.isEmpty()) {
            throw NO_BCAST;
        }
        if (before != null && before.is(ClientTracking.BCAST) != bcast) {
            throw SWITCH_BCAST;
        }
        if (bcast && (optin || optout)) {
            throw BCAST_AND_OPT;
        }
        if (optin && optout) {
            throw TWO_OPTS;
        }
        if (before != null
                && (optin && before.is(ClientTracking.OPTOUT)
                        || optout && before.is(ClientTracking.OPTIN))) {
            throw SWITCH_OPT;
        }
        List<ByteKey> all = new ArrayList<>();
        if (bcast) {
            List<ByteKey> had = before == null ? List.of() : before.prefixes();
            requireApart(had, prefixes);
            all.addAll(had);
            all.addAll(prefixes);
            if (prefixes.isEmpty() && !had.contains(EVERYTHING)) {
                all.add(EVERYTHING);
            }
            all.sort(null);
        }
        ClientTracking wish = new ClientTracking(wanted, redirect, List.copyOf(all));
        wish.setCaching(before != null && before.isCaching());
        return wish;
    }

    /** No key may have two of a client's prefixes. */
    private static void requireApart(List<ByteKey> had, List<ByteKey> more) {
        for (int i = 0; i < more.size(); i++) {
            ByteKey prefix = more.get(i);
            for (ByteKey other : had) {
                if (overlap(prefix, other)) {
                    throw CommandError.of(overlapText(prefix, "an existing prefix", other));
                }
            }
            for (ByteKey other : more.subList(i + 1, more.size())) {
                if (overlap(prefix, other)) {
                    throw CommandError.of(overlapText(prefix, "another provided prefix", other));
                }
            }
        }
    }

    private static boolean overlap(ByteKey one, ByteKey other) {
        byte[] a = one.bytes();
        byte[] b = other.bytes();
        int length = Math.min(a.length, b.length);
        return Arrays.equals(a, 0, length, b, 0, length);
    }

    private static String overlapText(ByteKey prefix, String kind, ByteKey other) {
        return "ERR Prefix '"
                + line(prefix)
                + "' overlaps with "
                + kind
                + " '"
                + line(other)
                + "'. Prefixes for a single client must not overlap.";
    }

    /** An error is one line. */
    private static String line(ByteKey prefix) {
        return prefix.toString().replace('\r', ' ').replace('\n', ' ');
    }

    /** CLIENT CACHING YES | NO: about the keys of the next command. */
    private static void caching(ExecutionUnit unit) {
        ClientTracking wish = unit.session().tracking();
        if (wish == null) {
            throw NOT_TRACKING;
        }
        Slice word = unit.arg(2);
        if (word.isWord("YES")) {
            if (!wish.is(ClientTracking.OPTIN)) {
                throw CommandError.of(
                        "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN"
                                + " mode.");
            }
        } else if (!word.isWord("NO")) {
            throw CommandError.SYNTAX;
        } else if (!wish.is(ClientTracking.OPTOUT)) {
            throw CommandError.of(
                    "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
        }
        wish.setCaching(true);
        unit.reply().ok();
    }

    private static void getredir(ExecutionUnit unit) {
        ClientTracking wish = unit.session().tracking();
        unit.reply().integer(wish == null ? -1 : wish.redirect());
    }

    private static void trackinginfo(ExecutionUnit unit) {
        ClientTracking wish = unit.session().tracking();
        ReplyWriter reply = unit.reply();
        reply.map(3);
        reply.bulk("flags");
        List<String> flags = flags(wish);
        reply.set(flags.size());
        flags.forEach(reply::bulk);
        reply.bulk("redirect");
        reply.integer(wish == null ? -1 : wish.redirect());
        reply.bulk("prefixes");
        List<ByteKey> prefixes = wish == null ? List.of() : wish.prefixes();
        reply.array(prefixes.size());
        for (ByteKey prefix : prefixes) {
            reply.bulk(prefix.bytes());
        }
    }

    private static List<String> flags(ClientTracking wish) {
        if (wish == null) {
            return List.of("off");
        }
        List<String> flags = new ArrayList<>();
        flags.add("on");
        if (wish.is(ClientTracking.BCAST)) {
            flags.add("bcast");
        }
        if (wish.is(ClientTracking.OPTIN)) {
            flags.add("optin");
            if (wish.isCaching()) {
                flags.add("caching-yes");
            }
        }
        if (wish.is(ClientTracking.OPTOUT)) {
            flags.add("optout");
            if (wish.isCaching()) {
                flags.add("caching-no");
            }
        }
        if (wish.is(ClientTracking.NOLOOP)) {
            flags.add("noloop");
        }
        if (wish.isBroken()) {
            flags.add("broken_redirect");
        }
        return flags;
    }
}
