/**
 * A Sentinel over an {@link io.ferrite.node.Environment}: performs what {@link
 * io.ferrite.coordination.sentinel.SentinelMachine} decides, and answers its clients. Everything
 * runs on event loop 0.
 */
package io.ferrite.node.sentinel;
