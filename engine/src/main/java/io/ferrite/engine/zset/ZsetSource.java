package io.ferrite.engine.zset;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.ZsetCursor;
import io.ferrite.store.value.ZsetValue;

/**
 * One input of a union, an intersection or a difference: a sorted set, a set whose members all have the
 * score 1, or nothing. Its member as text stands in the unit's scratch if it is an integer: good until the
 * next one.
 */
final class ZsetSource {

    final long count;
    double weight = 1;

    /** Whether the scores do not matter: all are 1. */
    boolean plain;

    private final ExecutionUnit unit;
    private final long root;
    private final ZsetCursor cursor = new ZsetCursor();
    private long text;
    private int length;

    ZsetSource(ExecutionUnit unit, long entry) {
        this.unit = unit;
        if (entry != Database.NONE && Entry.type(entry) != Type.ZSET) {
            throw CommandError.WRONG_TYPE;
        }
        root = entry == Database.NONE ? 0 : Entry.root(entry);
        count = entry == Database.NONE ? 0 : ZsetValue.count(root);
    }

    void open() {
        if (count > 0) {

            cursor.open(root, count - 1, false);
        }
    }

    boolean next() {
        if (count == 0 || !cursor.next()) {
            return false;
        }
        ListpackItem item = cursor.member();
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
        return cursor.member();
    }

    long text() {
        return text;
    }

    int length() {
        return length;
    }

    /** The score of the member that {@link #next} went to. */
    double score() {
        return plain ? 1 : cursor.score();
    }

    /** As {@link #score}, weighed; what is no number counts as 0. */
    double firstScore() {
        double score = weight * score();
        return Double.isNaN(score) ? 0 : score;
    }

    boolean contains(long member, int bytes) {
        return count > 0 && ZsetValue.find(root, member, bytes) != ZsetValue.NONE;
    }

    /** The score of a member that is there. */
    double score(long member, int bytes) {
        return plain ? 1 : ZsetValue.score(root, ZsetValue.find(root, member, bytes));
    }
}
