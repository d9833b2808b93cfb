package io.ferrite.engine.zset;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.SetCursor;
import io.ferrite.store.value.SetValue;
import io.ferrite.store.value.ZsetCursor;
import io.ferrite.store.value.ZsetValue;

/**
 * One input of a union, an intersection or a difference: a sorted set, a set whose members all have
 * the score 1, or nothing. Its member as text stands in the unit's scratch if it is an integer:
 * good until the next one.
 */
final class ZsetSource {

    final long count;
    double weight = 1;

    /** Whether the scores do not matter: all are 1. */
    boolean plain;

    private final ExecutionUnit unit;
    private final boolean set;
    private final long root;
    private ZsetCursor cursor;
    private SetCursor setCursor;
    private long text;
    private int length;

    ZsetSource(ExecutionUnit unit, long entry) {
        this.unit = unit;
        int type = entry == Database.NONE ? Type.ZSET : Entry.type(entry);
        if (type != Type.ZSET && type != Type.SET) {
            throw CommandError.WRONG_TYPE;
        }
        set = type == Type.SET;
        root = entry == Database.NONE ? 0 : Entry.root(entry);
        count = entry == Database.NONE ? 0 : set ? SetValue.count(root) : ZsetValue.count(root);
    }

    /** Whether a weighed score may be a zero with a sign. */
    boolean mayHaveNegativeZero() {
        return weight != 1 || !set && count > 0 && !ZsetValue.isListpack(root);
    }

    /** Stands before the first member. */
    void open() {
        if (set) {
            setCursor = new SetCursor(unit.clientSlab(), root);
        } else if (count > 0) {
            cursor = new ZsetCursor().open(root, count - 1, false);
        }
    }

    boolean next() {
        if (count == 0 || !(set ? setCursor.next() : cursor.next())) {
            return false;
        }
        ListpackItem item = member();
        if (item.isInteger()) {
            text = unit.scratch();
            length = item.copyText(text);
        } else {
            text = item.address();
            length = item.length();
        }
        return true;
    }

    ListpackItem member() {
        return set ? setCursor.item() : cursor.member();
    }

    long text() {
        return text;
    }

    int length() {
        return length;
    }

    /** The score of the member that {@link #next} went to. */
    double score() {
        return plain || set ? 1 : cursor.score();
    }

    /** As {@link #score}, weighed; what is no number counts as 0. */
    double firstScore() {
        double score = weight * score();
        return Double.isNaN(score) ? 0 : score;
    }

    boolean contains(long member, int bytes) {
        if (count == 0) {
            return false;
        }
        return set
                ? SetValue.contains(root, member, bytes)
                : ZsetValue.find(root, member, bytes) != ZsetValue.NONE;
    }

    /** The score of a member that is there. */
    double score(long member, int bytes) {
        return plain || set ? 1 : ZsetValue.score(root, ZsetValue.find(root, member, bytes));
    }
}
