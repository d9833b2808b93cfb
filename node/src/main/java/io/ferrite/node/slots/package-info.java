/** Slots that move from one node of a cluster to another as a whole: the drivers of both ends. */
package io.ferrite.node.slots;
