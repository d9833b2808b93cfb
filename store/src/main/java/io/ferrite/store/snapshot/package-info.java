/** Point-in-time walks over a keyspace that goes on being written. */
package io.ferrite.store.snapshot;
