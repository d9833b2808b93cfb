package io.ferrite.conformance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One reply as it came over the wire, RESP2 or RESP3.
 *
 * @param type the first byte: {@code + - : $ * _ , # ( = % ~ >}
 * @param text what a line or a bulk string carries, one character for each byte; null for nothing
 * @param items the elements of an aggregate, a map's keys and values in turn; empty for others
 */
record Reply(char type, String text, List<Reply> items) {

    static Reply line(char type, String text) {
        return new Reply(type, text, List.of());
    }

    boolean isError() {
        return type == '-';
    }

    boolean isInteger() {
        return type == ':';
    }

    boolean isAggregate() {
        return text == null && (type == '*' || type == '%' || type == '~' || type == '>');
    }

    long integer() {
        return Long.parseLong(text);
    }

    /** The elements of an array or set in an order that does not depend on the server. */
    Reply sorted() {
        if (!isAggregate()) {
            return this;
        }
        List<Reply> copy = new ArrayList<>(items);
        copy.sort(Comparator.comparing(Reply::toString));
        return new Reply(type, text, copy);
    }

    /** Fields with their values, or members with their scores, likewise. */
    Reply sortedPairs() {
        if (!isAggregate() || (items.size() & 1) != 0) {
            return this;
        }
        List<Reply> pairs = new ArrayList<>();
        for (int i = 0; i < items.size(); i += 2) {
            pairs.add(new Reply('*', null, List.of(items.get(i), items.get(i + 1))));
        }
        return new Reply(type, text, pairs).sorted();
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        print(out);
        return out.toString();
    }

    private void print(StringBuilder out) {
        out.append(type);
        if (isAggregate()) {
            out.append('[');
            for (int i = 0; i < items.size(); i++) {
                out.append(i == 0 ? "" : ", ");
                items.get(i).print(out);
            }
            out.append(']');
        } else {
            out.append(Words.readable(text));
        }
    }
}
