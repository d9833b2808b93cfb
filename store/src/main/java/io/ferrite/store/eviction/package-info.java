/** Which key goes when memory is full. */
package io.ferrite.store.eviction;
