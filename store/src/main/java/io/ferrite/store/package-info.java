/**
 * The keyspace: databases of keys and values in off-heap memory.
 *
 * <p>Nothing here synchronises, reads a clock or draws chance by itself. A key belongs to a table,
 * a table to a stripe, and whoever calls holds the stripes of the keys concerned.
 */
package io.ferrite.store;
