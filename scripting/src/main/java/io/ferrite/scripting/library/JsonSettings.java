package io.ferrite.scripting.library;

/** What a script can set of {@code cjson}. */
final class JsonSettings {

    static final int DEPTH = 1000;

    boolean sparseConvert;
    int sparseRatio;
    int sparseSafe;
    int encodeMaxDepth;
    int decodeMaxDepth;
    int precision;
    boolean keepBuffer;

    /** 0: refused; 1: written as they are; 2: null. */
    int encodeInvalid;

    boolean decodeInvalid;

    JsonSettings() {
        reset();
    }

    void reset() {
        sparseConvert = false;
        sparseRatio = 2;
        sparseSafe = 10;
        encodeMaxDepth = DEPTH;
        decodeMaxDepth = DEPTH;
        precision = 14;
        keepBuffer = true;
        encodeInvalid = 0;
        decodeInvalid = true;
    }
}
