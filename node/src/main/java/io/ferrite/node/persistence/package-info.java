/**
 * Data on its way to files and back: snapshots that are written, the start's loading, and what is
 * known about both.
 */
package io.ferrite.node.persistence;
