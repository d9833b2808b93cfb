/** The hash index: one structure for the keyspace's tables and for every big hashed collection. */
package io.ferrite.store.index;
