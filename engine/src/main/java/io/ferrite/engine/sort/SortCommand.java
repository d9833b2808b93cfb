package io.ferrite.engine.sort;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Session;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.RealParser;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Type;
import io.ferrite.store.value.ListSettings;
import io.ferrite.store.value.ListValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * SORT and SORT_RO: the elements of a list, set or sorted set, by themselves or by other keys'
 * values. They run under every stripe, because patterns name keys that nobody knows beforehand.
 */
public final class SortCommand {

    private static final CommandError NOT_NUMBERS =
            CommandError.of("ERR One or more scores can't be converted into double");

    /** An element and what it is sorted by: a number, or a text that may be missing. */
    private record Item(byte[] element, double number, byte[] text) {}

    private SortCommand() {}

    public static void register(CommandTable.Builder table) {
        table.bind("SORT", LockPlan.ALL, unit -> sort(unit, true))
                .bind("SORT_RO", LockPlan.ALL, unit -> sort(unit, false));
    }

    private static void sort(ExecutionUnit unit, boolean mayStore) {
        SortOptions options = SortOptions.parse(unit, mayStore);
        Slice key = unit.arg(1);
        long entry = unit.findRead(key);
        List<byte[]> result =
                entry == Database.NONE ? List.of() : sorted(unit, key, entry, options);
        if (options.store() == 0) {
            reply(unit, result, options);
        } else {
            store(unit, result, options);
        }
    }

    // --- the elements ----------------------------------------------------------------------------

    private static List<byte[]> sorted(
            ExecutionUnit unit, Slice key, long entry, SortOptions options) {
        SortSource source = SortSources.of(entry);
        long size = source.size(entry);
        long first = Math.clamp(options.offset(), 0, size);
        long count = options.count() < 0 ? size : Math.min(options.count(), size);
        count = Math.min(count, size - first);
        boolean sorts = !options.keepsOrder();
        boolean alpha = options.alpha();
        SortPattern by = options.by();
        if (!sorts && !source.isOrdered() && (options.store() != 0 || inScript(unit))) {
            // What has no order must come out the same on every server.
            sorts = true;
            alpha = true;
            by = null;
        }
        List<byte[]> elements = new ArrayList<>();
        Slab slab = unit.slab(key);
        if (!sorts && source.isOrdered()) {
            boolean forward = !options.descending();
            long from = forward ? first : size - 1 - first;
            source.elements(slab, entry, from, count, forward, elements::add);
            return elements;
        }
        source.elements(slab, entry, 0, size, true, elements::add);
        if (sorts) {
            elements = order(unit, elements, options, alpha, by);
        }
        return elements.subList((int) first, (int) (first + count));
    }

    private static boolean inScript(ExecutionUnit unit) {
        return unit.session().has(Session.SCRIPT);
    }

    private static List<byte[]> order(
            ExecutionUnit unit,
            List<byte[]> elements,
            SortOptions options,
            boolean alpha,
            SortPattern by) {
        List<Item> items = new ArrayList<>(elements.size());
        boolean bad = false;
        for (byte[] element : elements) {
            byte[] weight = by == null ? element : by.value(unit, element);
            double number = alpha || weight == null ? 0 : number(unit, weight);
            bad |= Double.isNaN(number);
            items.add(new Item(element, number, weight));
        }
        if (bad) {
            throw NOT_NUMBERS;
        }
        // Without STORE texts are compared as the system's strings are, which end at a zero byte.
        boolean whole = options.store() != 0;
        Comparator<Item> order =
                alpha
                        ? (a, b) -> compareTexts(a.text, b.text, whole)
                        : Comparator.comparingDouble(Item::number)
                                .thenComparing(Item::element, Arrays::compareUnsigned);
        items.sort(options.descending() ? order.reversed() : order);
        List<byte[]> sorted = new ArrayList<>(items.size());
        for (Item item : items) {
            sorted.add(item.element);
        }
        return sorted;
    }

    private static int compareTexts(byte[] a, byte[] b, boolean whole) {
        if (a == null || b == null) {
            return a == b ? 0 : a == null ? -1 : 1;
        }
        return whole
                ? Arrays.compareUnsigned(a, b)
                : Arrays.compareUnsigned(a, 0, textLength(a), b, 0, textLength(b));
    }

    private static int textLength(byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (text[i] == 0) {
                return i;
            }
        }
        return text.length;
    }

    /** A number as C's strtod takes it from a string: blanks ahead, up to a zero byte; or NaN. */
    private static double number(ExecutionUnit unit, byte[] text) {
        int length = textLength(text);
        if (length == 0) {
            return 0;
        }
        int from = 0;
        while (from < length && (text[from] == ' ' || text[from] >= '\t' && text[from] <= '\r')) {
            from++;
        }
        long copy = unit.scratch(length);
        Memory.copyIn(text, from, copy, length - from);
        double value = from == length ? Double.NaN : RealParser.parse(copy, length - from);
        return value == 0 ? 0 : value; // both zeros are one
    }

    // --- the result ------------------------------------------------------------------------------

    private static void reply(ExecutionUnit unit, List<byte[]> elements, SortOptions options) {
        ReplyWriter reply = unit.reply();
        List<SortPattern> get = options.get();
        reply.array((long) elements.size() * Math.max(1, get.size()));
        for (byte[] element : elements) {
            if (get.isEmpty()) {
                reply.bulk(element);
            }
            for (SortPattern pattern : get) {
                byte[] value = pattern.value(unit, element);
                if (value == null) {
                    reply.nil();
                } else {
                    reply.bulk(value);
                }
            }
        }
    }

    private static void store(ExecutionUnit unit, List<byte[]> elements, SortOptions options) {
        List<byte[]> values = elements;
        if (!options.get().isEmpty()) {
            values = new ArrayList<>();
            for (byte[] element : elements) {
                for (SortPattern pattern : options.get()) {
                    byte[] value = pattern.value(unit, element);
                    values.add(value == null ? new byte[0] : value);
                }
            }
        }
        Slice key = unit.arg(options.store());
        long entry = unit.findWrite(key);
        if (values.isEmpty()) {
            if (entry != Database.NONE) {
                unit.delete(key);
                unit.effects().changed(key, Event.DEL);
            }
        } else {
            long root = list(unit, unit.slab(key), values);
            unit.database().putRoot(key, Type.LIST, ListValue.encoding(root), root);
            unit.effects().changed(key, Event.SORTSTORE);
            unit.effects().count(values.size() - 1L);
        }
        unit.reply().integer(values.size());
    }

    private static long list(ExecutionUnit unit, Slab slab, List<byte[]> values) {
        ListSettings settings = unit.engine().limits().list();
        long root = ListValue.createChunked(slab, settings);
        for (byte[] value : values) {
            long copy = unit.scratch(Math.max(1, value.length));
            Memory.copyIn(value, 0, copy, value.length);
            root = ListValue.push(slab, root, false, copy, value.length, settings);
        }
        return ListValue.settle(slab, root, settings);
    }
}
