package io.ferrite.engine;

import io.ferrite.memory.Slice;
import io.ferrite.resp.Request;

/** Reads the options of a command from left to right. A small view; make one where it is needed. */
public final class ArgReader {

    private final ExecutionUnit unit;
    private final Request request;
    private int next;

    public ArgReader(ExecutionUnit unit, int first) {
        this.unit = unit;
        this.request = unit.request();
        this.next = first;
    }

    public boolean hasNext() {
        return next < request.count();
    }

    public int remaining() {
        return request.count() - next;
    }

    /** The position of the argument that comes next. */
    public int position() {
        return next;
    }

    /** The next argument, whatever it is; refuses with a syntax error when there is none. */
    public Slice next() {
        if (next >= request.count()) {
            throw CommandError.SYNTAX;
        }
        return unit.arg(next++);
    }

    /** Takes the next argument if it is this upper-case word. */
    public boolean take(String word) {
        if (next < request.count() && unit.arg(next).isWord(word)) {
            next++;
            return true;
        }
        return false;
    }

    /** Takes the next argument if it is this word and at least {@code more} arguments follow it. */
    public boolean take(String word, int more) {
        return remaining() > more && take(word);
    }

    /** The next argument as an integer. */
    public long nextLong() {
        return Numbers.integer(next());
    }
}
