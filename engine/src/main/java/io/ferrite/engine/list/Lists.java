package io.ferrite.engine.list;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.ListCursor;
import io.ferrite.store.value.ListSettings;
import io.ferrite.store.value.ListValue;

/** What the list commands share. */
final class Lists {

    private Lists() {}

    /** Reads LEFT or RIGHT: true for the head. */
    static boolean isHead(Slice word) {
        if (word.isWord("LEFT")) {
            return true;
        }
        if (word.isWord("RIGHT")) {
            return false;
        }
        throw CommandError.SYNTAX;
    }

    static ListSettings settings(ExecutionUnit unit) {
        return unit.engine().limits().list();
    }

    static void reply(ReplyWriter reply, ListpackItem item) {
        if (item.isInteger()) {
            reply.bulkNumber(item.integer());
        } else {
            reply.bulk(item.address(), item.length());
        }
    }

    /** Replies with an array of {@code count} elements from a position on, towards either end. */
    static void replyRange(
            ExecutionUnit unit, Slab slab, long root, long from, long count, boolean forward) {
        ReplyWriter reply = unit.reply();
        reply.array(count);
        try (ListCursor cursor = new ListCursor()) {
            cursor.open(slab, root, from, forward);
            for (long i = 0; i < count && cursor.next(); i++) {
                reply(reply, cursor.item());
            }
        }
    }

    /** Replies with an array of the elements that popping {@code count} of them takes. */
    static void replyEnd(ExecutionUnit unit, Slab slab, long root, boolean head, long count) {
        long from = head ? 0 : ListValue.length(root) - 1;
        replyRange(unit, slab, root, from, count, head);
    }

    /** Removes {@code count} elements, which are there, from an end. */
    static long take(Slab slab, long root, boolean head, long count) {
        if (count == 1) {
            return ListValue.pop(slab, root, head);
        }
        long from = head ? 0 : ListValue.length(root) - count;
        return ListValue.deleteRange(slab, root, from, count);
    }

    static void store(ExecutionUnit unit, long entry, long root) {
        unit.database().setRoot(entry, ListValue.encoding(root), root);
    }

    /** The list of an entry, or a new one; {@link #put} stores what becomes of it. */
    static long rootOrNew(Slab slab, long entry) {
        return entry == Database.NONE ? ListValue.create(slab) : Entry.root(entry);
    }

    static void put(ExecutionUnit unit, Slice key, long entry, long root) {
        if (entry == Database.NONE) {
            unit.database().putRoot(key, Type.LIST, ListValue.encoding(root), root);
        } else {
            store(unit, entry, root);
        }
    }

    /**
     * Stores a list from which {@code count} elements were taken, says so, and removes the key if
     * that were all.
     */
    static void taken(
            ExecutionUnit unit,
            Slab slab,
            Slice key,
            long entry,
            long root,
            Event event,
            long count) {
        boolean empty = ListValue.length(root) == 0;
        if (empty) {
            store(unit, entry, root);
            unit.database().delete(key);
        } else {
            store(unit, entry, ListValue.afterRemoving(slab, root, settings(unit)));
        }
        unit.effects().changed(key, event);
        unit.effects().count(count - 1);
        if (empty) {
            unit.effects().notify(key, Event.DEL);
        }
    }

    static Event popped(boolean head) {
        return head ? Event.LPOP : Event.RPOP;
    }

    static Event pushed(boolean head) {
        return head ? Event.LPUSH : Event.RPUSH;
    }
}
