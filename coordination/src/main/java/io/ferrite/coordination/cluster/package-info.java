/**
 * The cluster: who is in it, who serves which slot, who is alive, who takes over.
 *
 * <p>Pure machines: time, chance, messages and orders come in, effects go out in the order in which
 * they are to be performed. {@link io.ferrite.coordination.cluster.ClusterMachine} is the door. The
 * protocol is that of Redis 7.2; the words of its messages are in {@code bus}.
 */
package io.ferrite.coordination.cluster;
