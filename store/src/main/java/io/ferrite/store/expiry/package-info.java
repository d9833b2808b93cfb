/** Which key expires next, exactly. */
package io.ferrite.store.expiry;
