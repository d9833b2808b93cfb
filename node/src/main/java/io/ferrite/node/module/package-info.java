/**
 * Modules: jars that bring commands and types. The interfaces of {@code io.ferrite.module} are
 * implemented here, over the node's own units, stripes and effects.
 */
package io.ferrite.node.module;
