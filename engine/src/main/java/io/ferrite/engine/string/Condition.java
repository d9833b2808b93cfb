package io.ferrite.engine.string;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;

/** On what the existing value must be for SET, DELEX and DELIFEQ to go on. */
enum Condition {
    NONE,
    NX,
    XX,
    IFEQ,
    IFNE,
    IFDEQ,
    IFDNE;

    /** The condition that an option word names, or {@link #NONE}. */
    static Condition of(Slice word) {
        if (word.isWord("NX")) {
            return NX;
        }
        if (word.isWord("XX")) {
            return XX;
        }
        return comparing(word);
    }

    /** The condition on the value that an option word names, or {@link #NONE}. */
    static Condition comparing(Slice word) {
        if (word.isWord("IFEQ")) {
            return IFEQ;
        }
        if (word.isWord("IFNE")) {
            return IFNE;
        }
        if (word.isWord("IFDEQ")) {
            return IFDEQ;
        }
        return word.isWord("IFDNE") ? IFDNE : NONE;
    }

    /** Whether it compares the value with an operand. */
    boolean hasOperand() {
        return compareTo(IFEQ) >= 0;
    }

    /** Refuses an operand that cannot be a digest where one is needed. */
    void check(Slice operand) {
        if (this == IFDEQ || this == IFDNE) {
            Digest.parse(operand);
        }
    }

    /** Whether an entry, or that there is none, fits; refuses to compare what is not a string. */
    boolean fits(ExecutionUnit unit, long entry, Slice operand) {
        boolean exists = entry != Database.NONE;
        if (hasOperand() && exists && Entry.type(entry) != Type.STRING) {
            throw CommandError.WRONG_TYPE;
        }
        return switch (this) {
            case NONE -> true;
            case NX -> !exists;
            case XX -> exists;
            case IFEQ -> exists && StringValues.equalTo(entry, operand);
            case IFNE -> !exists || !StringValues.equalTo(entry, operand);
            case IFDEQ -> exists && Digest.of(unit, entry) == Digest.parse(operand);
            case IFDNE -> !exists || Digest.of(unit, entry) != Digest.parse(operand);
        };
    }
}
