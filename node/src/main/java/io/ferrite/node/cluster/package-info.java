/**
 * A node of a cluster: drives {@link io.ferrite.coordination.cluster.ClusterMachine} with sockets,
 * time and a file, tells the dispatcher which slots are served here, and answers CLUSTER.
 *
 * <p>{@link io.ferrite.node.cluster.ClusterService} is the door. Where a server is no node of a
 * cluster nothing of this exists.
 */
package io.ferrite.node.cluster;
