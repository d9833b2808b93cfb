/**
 * Replication in a running server: plugs the link machines of {@code coordination} into sessions,
 * links, files, the gate and the log.
 *
 * <p>Threads: what concerns this server's own leader, and who begins a full copy, happens on the
 * home loop (event loop 0). A follower's connection is served on that connection's loop. Copies are
 * made and loaded by threads of their own.
 */
package io.ferrite.node.replication;
