/** Log lines as Redis writes them: format, levels, and the lines that tools wait for. */
package io.ferrite.node.log;
