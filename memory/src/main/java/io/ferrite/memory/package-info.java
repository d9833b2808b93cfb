/**
 * Memory outside of the Java heap: taken, given back, counted, reached and checked.
 *
 * <pre>
 *   Memory      loads, stores, copies and comparisons by address
 *   Slice       a run of bytes, with what handlers ask of one: hash, number, word
 *   Hash        the keyed hash of every index
 *
 *   SlabGroup   the slabs of a keyspace, sums over them
 *     Slab      one for each stripe, under its lock: take, give, resize
 *       PageBins       blocks by size class, cut from spans
 *         SpanSpace    spans, runs of units in the slab's chunks
 *           ChunkSource  chunks, pieces of mapped regions, for all slabs
 *       LargeBlocks    a mapping for each block over 256 KiB
 *       CheckedBlocks  in checked mode: red zones, notes, a queue before reuse
 *   SharedSlab  slabs for whoever has no stripe
 *
 *   Checker     in checked mode: which bytes may be touched
 * </pre>
 *
 * <p>System properties: {@code ferrite.memory.checked} (every access validated, for tests), {@code
 * ferrite.memory.trace} (with it, the stack of each take), {@code ferrite.hash.seed}.
 */
package io.ferrite.memory;
