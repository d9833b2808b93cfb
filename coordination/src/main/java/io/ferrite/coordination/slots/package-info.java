/**
 * Slots that move from one node to another as a whole: the machines of both ends. Pure: no clock,
 * no thread, no connection of their own.
 */
package io.ferrite.coordination.slots;
