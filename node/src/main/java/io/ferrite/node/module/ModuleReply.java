package io.ferrite.node.module;

import io.ferrite.module.Reply;
import io.ferrite.resp.ReplyWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** Writes one reply and sees to it that it is one: whole, and no more. */
final class ModuleReply implements Reply {

    private final ReplyWriter out;

    /** Elements that the open aggregates still want, the innermost last. */
    private final Deque<Long> open = new ArrayDeque<>();

    private boolean whole;

    ModuleReply(ReplyWriter out) {
        this.out = out;
    }

    /** Whether a reply was written, as a whole. */
    boolean isWhole() {
        return whole;
    }

    /** Whether anything was written. */
    boolean isBegun() {
        return whole || !open.isEmpty();
    }

    private void element() {
        if (whole) {
            throw new IllegalStateException("more than one reply");
        }
        while (!open.isEmpty() && open.peekLast() == 0) {
            open.removeLast();
        }
        if (!open.isEmpty()) {
            open.addLast(open.removeLast() - 1);
        }
    }

    private void ended() {
        while (!open.isEmpty() && open.peekLast() == 0) {
            open.removeLast();
        }
        whole = open.isEmpty();
    }

    private static String line(String text) {
        if (text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a line end in a line of a reply");
        }
        return text;
    }

    @Override
    public void status(String text) {
        element();
        out.status(line(text).getBytes(StandardCharsets.UTF_8));
        ended();
    }

    @Override
    public void error(String line) {
        element();
        out.error(LoadedModule.withCode(line(line)).getBytes(StandardCharsets.UTF_8));
        ended();
    }

    @Override
    public void integer(long value) {
        element();
        out.integer(value);
        ended();
    }

    @Override
    public void bulk(byte[] bytes) {
        element();
        out.bulk(bytes);
        ended();
    }

    @Override
    public void bulk(String text) {
        bulk(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void real(double value) {
        element();
        out.real(value);
        ended();
    }

    @Override
    public void bool(boolean value) {
        element();
        out.bool(value);
        ended();
    }

    @Override
    public void nil() {
        element();
        out.nil();
        ended();
    }

    @Override
    public void array(int elements) {
        begin(elements, elements);
        out.array(elements);
        ended();
    }

    @Override
    public void map(int pairs) {
        begin(pairs, 2L * pairs);
        out.map(pairs);
        ended();
    }

    @Override
    public void set(int elements) {
        begin(elements, elements);
        out.set(elements);
        ended();
    }

    private void begin(int count, long elements) {
        if (count < 0) {
            throw new IllegalArgumentException("a negative number of elements");
        }
        element();
        open.addLast(elements);
    }
}
