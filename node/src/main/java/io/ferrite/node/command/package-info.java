/**
 * Commands that need the server around the engine: its clients, its settings, its own description.
 */
package io.ferrite.node.command;
