package io.ferrite.module;

/** The parts of a value in a file. */
public final class Parts {

    private Parts() {}

    /** Writes parts. */
    public interface Writer {

        void number(long value);

        void real(double value);

        void bytes(byte[] value);
    }

    /** Reads parts in the order in which they were written; a part of another kind is refused. */
    public interface Reader {

        long number();

        double real();

        byte[] bytes();
    }
}
