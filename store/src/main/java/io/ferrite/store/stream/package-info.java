/** Streams: entries in order of their ids, and the groups that read them. */
package io.ferrite.store.stream;
