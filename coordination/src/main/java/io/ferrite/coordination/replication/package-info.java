/**
 * Leader and followers: what each end of a replication link decides, without any socket, clock or
 * thread.
 *
 * <p>{@link io.ferrite.coordination.replication.LeaderLink} is the leader's end of one connection,
 * {@link io.ferrite.coordination.replication.FollowerLink} the follower's. Each has a driver next
 * to it that performs its effects through small interfaces; the server plugs sockets and files into
 * them, the simulation a virtual network.
 */
package io.ferrite.coordination.replication;
