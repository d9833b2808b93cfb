/** The messages of the cluster bus, and their bytes. Source of the format: Redis 7.2, cluster.h. */
package io.ferrite.coordination.cluster.bus;
