/** A keyspace as it is at one instant, as bytes, while it goes on being written. */
package io.ferrite.node.snapshot;
