package io.ferrite.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;

/**
 * One reply as a value of its own, free of any buffer: what our outgoing connections, the command
 * line and tests work with. Immutable by agreement: nobody changes the arrays and lists inside.
 *
 * <p>Lines (status, error, number) are kept as text in ISO 8859-1, one character for each byte.
 */
public sealed interface RespValue {

    /** A short answer: {@code OK}. */
    record Status(String text) implements RespValue {}

    /** An error; the text begins with its code. Both forms of RESP3 are read into it. */
    record Failure(String text) implements RespValue {

        /** The first word: {@code ERR}, {@code MOVED}. */
        public String code() {
            int space = text.indexOf(' ');
            return space < 0 ? text : text.substring(0, space);
        }
    }

    record Int(long value) implements RespValue {}

    record Bool(boolean value) implements RespValue {}

    /** A double and how it was written. */
    record Real(double value, String text) implements RespValue {}

    /** A whole number of any size, as its digits. */
    record BigNumber(String digits) implements RespValue {}

    /** Nothing, in the way it was said: RESP2 has two, RESP3 one of its own. */
    enum Nil implements RespValue {
        BULK,
        ARRAY,
        NULL
    }

    record Bulk(byte[] bytes) implements RespValue {

        public static Bulk of(String text) {
            return new Bulk(text.getBytes(ISO_8859_1));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Bulk bulk && Arrays.equals(bytes, bulk.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "Bulk[" + new String(bytes, ISO_8859_1) + "]";
        }
    }

    /** Text for people, with the three letters that name its format. */
    record Verbatim(String format, byte[] bytes) implements RespValue {

        @Override
        public boolean equals(Object other) {
            return other instanceof Verbatim text
                    && format.equals(text.format)
                    && Arrays.equals(bytes, text.bytes);
        }

        @Override
        public int hashCode() {
            return 31 * format.hashCode() + Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "Verbatim[" + format + ":" + new String(bytes, ISO_8859_1) + "]";
        }
    }

    record ArrayOf(List<RespValue> elements) implements RespValue {}

    record SetOf(List<RespValue> elements) implements RespValue {}

    /** Keys and values in turn, in the order they came. */
    record MapOf(List<RespValue> keysAndValues) implements RespValue {

        /** The value of the first key that reads {@code key}, or null. */
        public RespValue get(String key) {
            for (int i = 0; i + 1 < keysAndValues.size(); i += 2) {
                if (keysAndValues.get(i).isText() && keysAndValues.get(i).text().equals(key)) {
                    return keysAndValues.get(i + 1);
                }
            }
            return null;
        }
    }

    /** A message that answers no request. */
    record PushOf(List<RespValue> elements) implements RespValue {}

    /** A reply with something said about it: keys and values in turn. */
    record Attributed(List<RespValue> attributes, RespValue value) implements RespValue {}

    default boolean isError() {
        return this instanceof Failure;
    }

    default boolean isNil() {
        return this instanceof Nil;
    }

    /** Whether {@link #text} has an answer. */
    default boolean isText() {
        return switch (this) {
            case Status _, Failure _, Int _, Bool _, Real _, BigNumber _, Bulk _, Verbatim _ ->
                    true;
            case Nil _, ArrayOf _, SetOf _, MapOf _, PushOf _, Attributed _ -> false;
        };
    }

    /** A scalar as text in ISO 8859-1; a boolean as 1 or 0. */
    default String text() {
        return switch (this) {
            case Status status -> status.text();
            case Failure failure -> failure.text();
            case Int number -> Long.toString(number.value());
            case Bool bool -> bool.value() ? "1" : "0";
            case Real real -> real.text();
            case BigNumber number -> number.digits();
            case Bulk bulk -> new String(bulk.bytes(), ISO_8859_1);
            case Verbatim verbatim -> new String(verbatim.bytes(), ISO_8859_1);
            case Nil _, ArrayOf _, SetOf _, MapOf _, PushOf _, Attributed _ ->
                    throw new IllegalStateException("not a text: " + this);
        };
    }

    /** What an aggregate holds, a map's keys and values in turn; nothing for anything else. */
    default List<RespValue> items() {
        return switch (this) {
            case ArrayOf array -> array.elements();
            case SetOf set -> set.elements();
            case MapOf map -> map.keysAndValues();
            case PushOf push -> push.elements();
            case Attributed attributed -> attributed.value().items();
            case Status _,
                    Failure _,
                    Int _,
                    Bool _,
                    Real _,
                    BigNumber _,
                    Bulk _,
                    Verbatim _,
                    Nil _ ->
                    List.of();
        };
    }

    /** Writes the value as a reply in the writer's protocol. */
    default void writeTo(ReplyWriter reply) {
        switch (this) {
            case Status status -> reply.status(status.text());
            case Failure failure -> reply.error(failure.text());
            case Int number -> reply.integer(number.value());
            case Bool bool -> reply.bool(bool.value());
            case Real real -> reply.real(real.value());
            case BigNumber number -> reply.bigNumber(number.digits());
            case Bulk bulk -> reply.bulk(bulk.bytes());
            case Verbatim verbatim -> reply.verbatim(verbatim.format(), verbatim.bytes());
            case Nil nil -> {
                if (nil == Nil.ARRAY) {
                    reply.nilArray();
                } else {
                    reply.nil();
                }
            }
            case ArrayOf array -> reply.array(array.elements().size());
            case SetOf set -> reply.set(set.elements().size());
            case MapOf map -> reply.map(map.keysAndValues().size() / 2);
            case PushOf push -> reply.push(push.elements().size());
            case Attributed attributed -> {
                if (reply.protocol() == 3) {
                    reply.attribute(attributed.attributes().size() / 2);
                    attributed.attributes().forEach(item -> item.writeTo(reply));
                }
                attributed.value().writeTo(reply);
                return;
            }
        }
        items().forEach(item -> item.writeTo(reply));
    }
}
