package io.ferrite.store;

/** The types of a value, by the numbers that Redis gives them. */
public final class Type {

    public static final int STRING = 0;
    public static final int LIST = 1;
    public static final int SET = 2;
    public static final int ZSET = 3;
    public static final int HASH = 4;
    public static final int MODULE = 5;
    public static final int STREAM = 6;

    /** One more than the highest number that fits into an entry. */
    public static final int COUNT = 16;

    private Type() {}
}
