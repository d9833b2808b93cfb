/** The few system calls that the JDK has no method for. */
package io.ferrite.memory.os;
