/**
 * Sentinel: whether a master is down, who replaces it, and who decides that. Pure: state, inputs
 * and effects are values; {@link io.ferrite.coordination.sentinel.SentinelMachine} is the one
 * entry.
 */
package io.ferrite.coordination.sentinel;
