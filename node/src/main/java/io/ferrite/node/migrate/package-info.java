/** Keys that move to another server one by one: MIGRATE. */
package io.ferrite.node.migrate;
