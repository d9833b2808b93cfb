package io.ferrite.node.hot;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.engine.ArgReader;
import io.ferrite.engine.ByteKey;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.HashSlot;
import io.ferrite.node.Node;
import io.ferrite.node.hot.HotKeys.Report;
import io.ferrite.node.hot.HotKeys.Watch;
import io.ferrite.node.hot.HotKeys.Wish;
import io.ferrite.resp.ReplyWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** HOTKEYS and its subcommands. */
public final class HotKeyCommands {

    private static final int COUNT_USUAL = 10;
    private static final int COUNT_MAX = 64;
    private static final int METRICS_MAX = 2;
    private static final int SECONDS_MAX = 1_000_000;

    private final Node node;
    private final Supplier<HotKeys> hotKeys;

    private HotKeyCommands(Node node, Supplier<HotKeys> hotKeys) {
        this.node = node;
        this.hotKeys = hotKeys;
    }

    /**
     * @param hotKeys asked when a command runs
     */
    public static void register(CommandTable.Builder table, Node node, Supplier<HotKeys> hotKeys) {
        HotKeyCommands commands = new HotKeyCommands(node, hotKeys);
        table.bind("HOTKEYS|START", LockPlan.NONE, commands::start)
                .bind("HOTKEYS|STOP", LockPlan.NONE, commands::stop)
                .bind("HOTKEYS|GET", LockPlan.NONE, commands::get)
                .bind("HOTKEYS|RESET", LockPlan.NONE, commands::reset)
                .bind("HOTKEYS|HELP", LockPlan.NONE, HotKeyCommands::help);
    }

    // --- START -----------------------------------------------------------------------------------

    /** HOTKEYS START METRICS n [CPU] [NET] [COUNT k] [DURATION s] [SAMPLE n] [SLOTS n slot ...]. */
    private void start(ExecutionUnit unit) {
        if (hotKeys.get().isActive()) {
            throw CommandError.of("ERR hotkey tracking session already in progress");
        }
        ArgReader args = new ArgReader(unit, 2);
        if (!args.take("METRICS", 1)) {
            throw CommandError.of("ERR METRICS parameter is required");
        }
        int metrics = number(args, 1, METRICS_MAX, "METRICS count must be > 0 and <= 2");
        boolean cpu = false;
        boolean net = false;
        for (int i = 0; i < metrics; i++) {
            if (!args.hasNext()) {
                throw CommandError.of(
                        "ERR METRICS count does not match number of metric types provided");
            }
            Slice word = args.next();
            cpu = once(word, "CPU", cpu);
            net = once(word, "NET", net);
        }
        if (!cpu && !net) {
            throw CommandError.of("ERR METRICS no valid metrics passed. Supported: CPU|NET");
        }
        int count = COUNT_USUAL;
        int seconds = 0;
        int sample = 1;
        SlotSet slots = null;
        while (args.hasNext()) {
            if (args.take("COUNT", 1)) {
                count = number(args, 1, COUNT_MAX, "COUNT must be between 1 and 64");
            } else if (args.take("DURATION", 1)) {
                seconds = number(args, 1, SECONDS_MAX, "DURATION must be between 1 and 1000000");
            } else if (args.take("SAMPLE", 1)) {
                sample = number(args, 1, Integer.MAX_VALUE, "SAMPLE ratio must be positive");
            } else if (args.take("SLOTS", 1)) {
                slots = slots(args, slots);
            } else {
                throw CommandError.SYNTAX;
            }
        }
        hotKeys.get().start(new Wish(cpu, net, count, seconds, sample, slots));
        unit.reply().ok();
    }

    private static boolean once(Slice word, String metric, boolean seen) {
        if (!word.isWord(metric)) {
            return seen;
        }
        if (seen) {
            throw CommandError.of("ERR METRICS " + metric + " defined more than once!");
        }
        return true;
    }

    private static int number(ArgReader args, int least, int most, String error) {
        CommandError refusal = CommandError.of("ERR " + error);
        long number = Numbers.integer(args.next(), refusal);
        if (number < least || number > most) {
            throw refusal;
        }
        return (int) number;
    }

    private SlotSet slots(ArgReader args, @Nullable SlotSet before) {
        if (node.cluster() == null) {
            throw CommandError.of("ERR SLOTS parameter cannot be used in non-cluster mode");
        }
        if (before != null) {
            throw CommandError.of("ERR SLOTS parameter already specified");
        }
        int count = number(args, 1, HashSlot.COUNT, "SLOTS count must be between 1 and 16384");
        if (args.remaining() < count) {
            throw CommandError.of("ERR not enough slot numbers provided");
        }
        SlotSet own = node.cluster().view().self().slots();
        SlotSet slots = SlotSet.EMPTY;
        for (int i = 0; i < count; i++) {
            int slot = number(args, 0, HashSlot.COUNT - 1, "Invalid or out of range slot");
            if (!own.contains(slot)) {
                throw CommandError.of("ERR slot " + slot + " not handled by this node");
            }
            if (slots.contains(slot)) {
                throw CommandError.of("ERR duplicate slot number");
            }
            slots = slots.with(slot);
        }
        return slots;
    }

    // --- the others ------------------------------------------------------------------------------

    private void stop(ExecutionUnit unit) {
        if (hotKeys.get().stop()) {
            unit.reply().ok();
        } else {
            unit.reply().nil();
        }
    }

    private void reset(ExecutionUnit unit) {
        if (hotKeys.get().isActive()) {
            throw CommandError.of("ERR hotkey tracking session in progress, stop tracking first");
        }
        hotKeys.get().reset();
        unit.reply().ok();
    }

    private void get(ExecutionUnit unit) {
        Watch watch = hotKeys.get().watch();
        ReplyWriter reply = unit.reply();
        if (watch == null) {
            reply.nil();
            return;
        }
        Report report = watch.report();
        Wish wish = watch.wish;
        boolean sampled = wish.sample() > 1 && wish.slots() != null;
        reply.array(1);
        long token = reply.deferred();
        int pairs = 0;
        pairs += pair(reply, "tracking-active", watch.isOver() ? 0 : 1);
        pairs += pair(reply, "sample-ratio", wish.sample());
        reply.bulk("selected-slots");
        writeSlots(reply, wish.slots());
        pairs++;
        if (sampled) {
            pairs += pair(reply, "sampled-commands-selected-slots-us", report.nanos[2] / 1000);
        }
        if (wish.slots() != null) {
            pairs += pair(reply, "all-commands-selected-slots-us", report.nanos[1] / 1000);
        }
        pairs += pair(reply, "all-commands-all-slots-us", report.nanos[0] / 1000);
        if (sampled) {
            pairs += pair(reply, "net-bytes-sampled-commands-selected-slots", report.bytes[2]);
        }
        if (wish.slots() != null) {
            pairs += pair(reply, "net-bytes-all-commands-selected-slots", report.bytes[1]);
        }
        pairs += pair(reply, "net-bytes-all-commands-all-slots", report.bytes[0]);
        pairs += pair(reply, "collection-start-time-unix-ms", watch.startedMs);
        pairs += pair(reply, "collection-duration-ms", watch.lastedMs());
        if (wish.cpu()) {
            long user = node.process().userMicros() - watch.userMicros;
            long system = node.process().systemMicros() - watch.systemMicros;
            pairs += pair(reply, "total-cpu-time-user-ms", user / 1000);
            pairs += pair(reply, "total-cpu-time-sys-ms", system / 1000);
        }
        if (wish.net()) {
            pairs += pair(reply, "total-net-bytes", report.netTotal);
        }
        if (wish.cpu()) {
            pairs += keys(reply, "by-cpu-time-us", report.cpu, wish.count(), 1000);
        }
        if (wish.net()) {
            pairs += keys(reply, "by-net-bytes", report.net, wish.count(), 1);
        }
        reply.finishMap(token, pairs);
    }

    private static int pair(ReplyWriter reply, String name, long value) {
        reply.bulk(name);
        reply.integer(value);
        return 1;
    }

    /** Ranges of slots, a single one as an array of one; all that are served here if null. */
    private void writeSlots(ReplyWriter reply, @Nullable SlotSet chosen) {
        if (chosen == null && node.cluster() == null) {
            reply.array(1);
            reply.array(2);
            reply.integer(0);
            reply.integer(HashSlot.COUNT - 1);
            return;
        }
        SlotSet slots = chosen == null ? node.cluster().view().self().slots() : chosen;
        long token = reply.deferredArray();
        int ranges = 0;
        for (int first = 0; first < HashSlot.COUNT; first++) {
            if (!slots.contains(first)) {
                continue;
            }
            int last = first;
            while (last + 1 < HashSlot.COUNT && slots.contains(last + 1)) {
                last++;
            }
            reply.array(last == first ? 1 : 2);
            reply.integer(first);
            if (last != first) {
                reply.integer(last);
            }
            ranges++;
            first = last;
        }
        reply.finishArray(token, ranges);
    }

    private static int keys(
            ReplyWriter reply, String name, Map<ByteKey, Long> sums, int most, long unit) {
        List<Map.Entry<ByteKey, Long>> top =
                sums.entrySet().stream()
                        .filter(entry -> entry.getValue() >= unit)
                        .sorted(
                                Map.Entry.<ByteKey, Long>comparingByValue(Comparator.reverseOrder())
                                        .thenComparing(Map.Entry.comparingByKey()))
                        .limit(most)
                        .toList();
        reply.bulk(name);
        reply.array(2L * top.size());
        for (Map.Entry<ByteKey, Long> entry : top) {
            reply.bulk(entry.getKey().bytes());
            reply.integer(entry.getValue() / unit);
        }
        return 1;
    }

    private static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "HOTKEYS",
                "GET",
                "    Show which keys took most, and what the watch has counted.",
                "RESET",
                "    Forget what was found. The watch must be over.",
                "START METRICS <count> [CPU] [NET] [COUNT <k>] [DURATION <seconds>]"
                        + " [SAMPLE <ratio>] [SLOTS <count> <slot> ...]",
                "    Begin to watch which keys take most time (CPU) or bytes (NET).",
                "STOP",
                "    End the watch; GET still shows what was found.");
    }
}
