/** The append-only file of a server: written, rewritten, loaded. */
package io.ferrite.node.persistence.aof;
