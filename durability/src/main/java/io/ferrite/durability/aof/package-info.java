/** The append-only file: its parts, their list, what stands in them, and when they are forced. */
package io.ferrite.durability.aof;
