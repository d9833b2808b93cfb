package io.ferrite.coordination.sentinel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * The {@code sentinel ...} lines of a configuration file, which hold both what the user set and
 * what this Sentinel must not forget. Names, order and errors are Redis'; {@code webhook}, {@code
 * protect-dataset}, {@code no-loss} and {@code check-identity} are our own and are written only
 * where they are used.
 */
public final class SentinelLines {

    /** Lines that others depend on are read first, whatever their place. */
    private static final Set<String> FIRST =
            Set.of(
                    "announce-ip",
                    "announce-port",
                    "deny-scripts-reconfig",
                    "sentinel-user",
                    "sentinel-pass",
                    "current-epoch",
                    "myid",
                    "resolve-hostnames",
                    "announce-hostnames");

    private static final String NO_SUCH_MASTER = "No such master with specified name.";
    private static final String BAD_TIME = "negative or zero time parameter.";
    private static final int ID_LENGTH = 40;

    private final Turn t;
    private final Predicate<String> executable;
    private String myId = "";

    private SentinelLines(Turn t, Predicate<String> executable) {
        this.t = t;
        this.executable = executable;
    }

    /** One line, as the words after {@code sentinel}. */
    public record Line(List<String> words, int number, String text) {}

    /**
     * What the lines make.
     *
     * @param state has an empty id if the lines name none
     * @param failed the line that is wrong, null if none is
     * @param reason what is wrong with it
     */
    public record Loaded(SentinelState state, Line failed, String reason) {}

    /** Reads all lines; they take effect in the order of what depends on what. */
    public static Loaded load(
            List<Line> lines,
            GlobalSettings global,
            long nowMs,
            Names names,
            Predicate<String> executable) {
        SentinelState empty = SentinelState.create("", global, nowMs);
        // Nothing here is drawn by chance.
        Turn t =
                new Turn(empty, new Context(nowMs, new SplittableRandom(0), names), Rules.STANDARD);
        SentinelLines loader = new SentinelLines(t, executable);
        for (int pass = 0; pass < 3; pass++) {
            for (Line line : lines) {
                if (pass(line.words().getFirst()) != pass) {
                    continue;
                }
                String reason = loader.take(line.words());
                if (reason != null) {
                    return new Loaded(null, line, reason);
                }
            }
        }
        return new Loaded(t.state().withId(loader.myId), null, "");
    }

    private static int pass(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (FIRST.contains(lower)) {
            return 0;
        }
        return lower.equals("monitor") ? 1 : 2;
    }

    /** Takes one line; the reason if it is wrong, else null. */
    private String take(List<String> words) {
        String name = words.getFirst().toLowerCase(Locale.ROOT);
        List<String> values = words.subList(1, words.size());
        String wrong = "Unrecognized sentinel configuration statement.";
        return switch (values.size()) {
            case 1 -> global(name, values.getFirst(), wrong);
            case 2 -> ofMaster(name, values, wrong);
            case 3, 4 -> {
                if (name.equals("monitor") && values.size() == 4) {
                    yield monitor(values);
                }
                yield known(name, values, wrong);
            }
            default -> wrong;
        };
    }

    private String global(String name, String value, String wrong) {
        GlobalSettings now = t.global();
        switch (name) {
            case "announce-ip" -> t.setGlobal(value.isEmpty() ? now : now.withAnnounceIp(value));
            case "announce-port" -> t.setGlobal(now.withAnnouncePort(Texts.leadingInt(value)));
            case "sentinel-user" ->
                    t.setGlobal(value.isEmpty() ? now : now.withSentinelUser(value));
            case "sentinel-pass" ->
                    t.setGlobal(value.isEmpty() ? now : now.withSentinelPass(value));
            case "current-epoch" -> t.setEpoch(Math.max(t.epoch(), epoch(value)));
            case "myid" -> {
                if (value.length() != ID_LENGTH) {
                    return "Malformed Sentinel id in myid option.";
                }
                myId = value;
            }
            case "deny-scripts-reconfig", "resolve-hostnames", "announce-hostnames" -> {
                Boolean yes = Texts.yesNo(value);
                if (yes == null) {
                    boolean deny = name.startsWith("deny");
                    return "Please specify yes or no for the "
                            + name
                            + (deny ? " options." : " option.");
                }
                t.setGlobal(
                        switch (name) {
                            case "deny-scripts-reconfig" -> now.withDenyScriptsReconfig(yes);
                            case "resolve-hostnames" -> now.withResolveHostnames(yes);
                            default -> now.withAnnounceHostnames(yes);
                        });
            }
            default -> {
                return wrong;
            }
        }
        return null;
    }

    private static long epoch(String value) {
        return Math.clamp(Texts.leadingNumber(value), 0, Long.MAX_VALUE / 2);
    }

    private String monitor(List<String> values) {
        int quorum = Texts.leadingInt(values.get(3));
        if (quorum <= 0) {
            return "Quorum must be 1 or greater.";
        }
        String name = values.get(0);
        if (!Orders.isName(name)) {
            return "Invalid master name.";
        }
        long port = Texts.leadingNumber(values.get(2));
        if (!Address.isPort(port)) {
            return "Invalid port number.";
        }
        Address address = t.address(values.get(1), port, true);
        if (address == null) {
            return "Can't resolve instance hostname.";
        }
        if (t.master(name) != null) {
            return "Duplicate master name.";
        }
        Reshaping.addMaster(t, name, address, quorum);
        return null;
    }

    private String ofMaster(String name, List<String> values, String wrong) {
        if (!OfMaster.NAMES.contains(name)) {
            return wrong;
        }
        Master master = t.master(values.get(0));
        if (master == null) {
            return NO_SUCH_MASTER;
        }
        String value = values.get(1);
        switch (name) {
            case "config-epoch" -> {
                t.put(master.withConfig(epoch(value), 0));
                t.setEpoch(Math.max(t.epoch(), epoch(value)));
                return null;
            }
            case "leader-epoch" -> {
                t.put(master.withVote(new Vote("", epoch(value), 0)));
                return null;
            }
            default -> {
                MasterSettings.Editor settings = master.settings().edit();
                String reason = OfMaster.set(settings, name, value, executable);
                if (reason == null) {
                    t.put(master.withSettings(settings.build()));
                }
                return reason;
            }
        }
    }

    /** Lines of a master's name and one value. */
    private static final class OfMaster {
        static final Set<String> NAMES =
                Set.of(
                        "down-after-milliseconds",
                        "failover-timeout",
                        "parallel-syncs",
                        "notification-script",
                        "client-reconfig-script",
                        "auth-pass",
                        "auth-user",
                        "config-epoch",
                        "leader-epoch",
                        "master-reboot-down-after-period",
                        "webhook",
                        "protect-dataset",
                        "no-loss",
                        "check-identity");

        static String set(
                MasterSettings.Editor settings,
                String name,
                String value,
                Predicate<String> executable) {
            switch (name) {
                case "auth-pass" -> settings.authPass = value;
                case "auth-user" -> settings.authUser = value;
                case "parallel-syncs" -> settings.parallelSyncs = Texts.leadingInt(value);
                case "notification-script" -> {
                    if (!executable.test(value)) {
                        return "Notification script seems non existing or non executable.";
                    }
                    settings.notificationScript = value;
                }
                case "client-reconfig-script" -> {
                    if (!executable.test(value)) {
                        return "Client reconfiguration script seems non existing or non"
                                + " executable.";
                    }
                    settings.reconfigScript = value;
                }
                case "webhook" -> {
                    if (!Texts.isWebAddress(value)) {
                        return "The webhook must be an http or https address.";
                    }
                    settings.webhook = value;
                }
                case "protect-dataset", "no-loss", "check-identity" -> {
                    return flag(settings, name, value);
                }
                default -> {
                    return time(settings, name, Texts.leadingInt(value));
                }
            }
            return null;
        }

        private static String time(MasterSettings.Editor settings, String name, int ms) {
            if (name.equals("master-reboot-down-after-period")) {
                settings.rebootDownAfterMs = ms;
                return ms < 0 ? "negative time parameter." : null;
            }
            if (name.equals("down-after-milliseconds")) {
                settings.downAfterMs = ms;
            } else {
                settings.failoverTimeoutMs = ms;
            }
            return ms <= 0 ? BAD_TIME : null;
        }

        private static String flag(MasterSettings.Editor settings, String name, String value) {
            Boolean yes = Texts.yesNo(value);
            if (yes == null) {
                return "Please specify yes or no for the " + name + " option.";
            }
            switch (name) {
                case "protect-dataset" -> settings.protectDataset = yes;
                case "no-loss" -> settings.noLoss = yes;
                default -> settings.checkIdentity = yes;
            }
            return null;
        }
    }

    /** Lines of a master's name and two or three values. */
    private String known(String name, List<String> values, String wrong) {
        boolean three = values.size() == 3;
        boolean replica = three && (name.equals("known-slave") || name.equals("known-replica"));
        boolean sentinel = name.equals("known-sentinel");
        boolean rename = three && name.equals("rename-command");
        if (!replica && !sentinel && !rename) {
            return wrong;
        }
        if (sentinel && three) {
            return null; // a form of long ago, without an id
        }
        Master master = t.master(values.get(0));
        if (master == null) {
            return NO_SUCH_MASTER;
        }
        if (rename) {
            MasterSettings.Editor settings = master.settings().edit();
            if (!settings.rename(values.get(1), values.get(2))) {
                return "Same command renamed multiple times with rename-command.";
            }
            t.put(master.withSettings(settings.build()));
            return null;
        }
        long port = Texts.leadingNumber(values.get(2));
        if (!Address.isPort(port)) {
            return "Invalid port number.";
        }
        Address address = t.address(values.get(1), port, true);
        if (address == null) {
            return "Can't resolve instance hostname.";
        }
        if (replica) {
            Ref added = Reshaping.addReplica(t, master.name(), address);
            return added == null ? "Duplicate hostname and port for replica." : null;
        }
        Ref added = Reshaping.addSentinel(t, master.name(), values.get(3), address);
        return added == null ? "Duplicate runid for sentinel." : null;
    }

    // --- writing ---------------------------------------------------------------------------------

    /**
     * A line to be in the file.
     *
     * @param key what it sets, as {@code sentinel monitor}; earlier lines of the same key go
     * @param forced whether it is written also where no earlier line of its key stood
     */
    public record Written(String key, String text, boolean forced) {}

    /** Every key that {@link #render} answers for: lines of one that it does not write go away. */
    public static final List<String> KEYS =
            List.of(
                    "myid",
                    "deny-scripts-reconfig",
                    "resolve-hostnames",
                    "announce-hostnames",
                    "monitor",
                    "down-after-milliseconds",
                    "failover-timeout",
                    "parallel-syncs",
                    "notification-script",
                    "client-reconfig-script",
                    "auth-pass",
                    "auth-user",
                    "master-reboot-down-after-period",
                    "webhook",
                    "protect-dataset",
                    "no-loss",
                    "check-identity",
                    "config-epoch",
                    "leader-epoch",
                    "known-replica",
                    "known-slave",
                    "known-sentinel",
                    "rename-command",
                    "current-epoch",
                    "announce-ip",
                    "announce-port",
                    "sentinel-user",
                    "sentinel-pass");

    /** The lines that make a state again, as far as it must survive. */
    public static List<Written> render(SentinelState state) {
        Writer out = new Writer(state);
        GlobalSettings global = state.global();
        out.line("myid", state.myId());
        out.flag("deny-scripts-reconfig", global.denyScriptsReconfig(), true);
        out.flag("resolve-hostnames", global.resolveHostnames(), false);
        out.flag("announce-hostnames", global.announceHostnames(), false);
        state.masters().values().forEach(out::master);
        out.line("current-epoch", Long.toString(state.epoch()));
        out.unless("announce-ip", global.announceIp(), "");
        out.unless("announce-port", Integer.toString(global.announcePort()), "0");
        out.unless("sentinel-user", global.sentinelUser(), "");
        out.unless("sentinel-pass", global.sentinelPass(), "");
        return out.lines;
    }

    /** Collects lines. */
    private static final class Writer {
        private final boolean hostnames;
        private final Timing timing;
        private final List<Written> lines = new ArrayList<>();

        Writer(SentinelState state) {
            hostnames = state.global().announceHostnames();
            timing = state.timing();
        }

        void line(String name, String... values) {
            StringBuilder text = new StringBuilder("sentinel ").append(name);
            for (String value : values) {
                text.append(' ').append(ConfigWord.of(value));
            }
            lines.add(new Written("sentinel " + name, text.toString(), true));
        }

        /** Also a default replaces a line that says otherwise. */
        void flag(String name, boolean value, boolean usual) {
            String text = "sentinel " + name + (value ? " yes" : " no");
            lines.add(new Written("sentinel " + name, text, value != usual));
        }

        void unless(String name, String value, String usual) {
            if (!value.equals(usual)) {
                line(name, value);
            }
        }

        void master(Master master) {
            String name = master.name();
            MasterSettings s = master.settings();
            Address current = master.currentAddress();
            line(
                    "monitor",
                    name,
                    current.announced(hostnames),
                    Integer.toString(current.port()),
                    Integer.toString(s.quorum()));
            of(
                    name,
                    "down-after-milliseconds",
                    s.downAfterMs(),
                    timing.get(Timing.Name.DEFAULT_DOWN_AFTER));
            of(
                    name,
                    "failover-timeout",
                    s.failoverTimeoutMs(),
                    timing.get(Timing.Name.DEFAULT_FAILOVER_TIMEOUT));
            of(name, "parallel-syncs", s.parallelSyncs(), 1);
            of(name, "notification-script", s.notificationScript());
            of(name, "client-reconfig-script", s.reconfigScript());
            of(name, "webhook", s.webhook());
            of(name, "auth-pass", s.authPass());
            of(name, "auth-user", s.authUser());
            of(name, "master-reboot-down-after-period", s.rebootDownAfterMs(), 0);
            of(name, "protect-dataset", s.protectDataset() ? "yes" : "");
            of(name, "no-loss", s.noLoss() ? "yes" : "");
            of(name, "check-identity", s.checkIdentity() ? "" : "no");
            line("config-epoch", name, Long.toString(master.configEpoch()));
            line("leader-epoch", name, Long.toString(master.vote().epoch()));
            others(master, current);
            s.renames().forEach((from, to) -> line("rename-command", name, from, to));
        }

        /**
         * A promoted replica is the master already, and the old master the replica in its place.
         */
        private void others(Master master, Address current) {
            for (Replica replica : master.replicas().values()) {
                Address own = replica.self().address();
                Address at = own.isSame(current) ? master.address() : own;
                line(
                        "known-replica",
                        master.name(),
                        at.announced(hostnames),
                        Integer.toString(at.port()));
            }
            for (Peer peer : master.peers().values()) {
                Address at = peer.self().address();
                line(
                        "known-sentinel",
                        master.name(),
                        at.announced(hostnames),
                        Integer.toString(at.port()),
                        peer.self().name());
            }
        }

        private void of(String master, String name, long value, long usual) {
            if (value != usual) {
                line(name, master, Long.toString(value));
            }
        }

        private void of(String master, String name, String value) {
            if (!value.isEmpty()) {
                line(name, master, value);
            }
        }
    }
}
