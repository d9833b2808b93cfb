package io.ferrite.coordination.sentinel;

import java.util.random.RandomGenerator;

/**
 * All that a step may depend on besides the state and the input.
 *
 * @param nowMs of a clock that only goes forward; steps of wall clocks don't show
 */
public record Context(long nowMs, RandomGenerator random, Names names) {}
