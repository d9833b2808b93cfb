package io.ferrite.spec;
public record KeySpec(int first, int last, int step) {}
