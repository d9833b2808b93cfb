/**
 * What modules are written against: Java jars that bring commands and types of their own. Stable:
 * what is here stays as it is. A module sees this package and the Java runtime, nothing else.
 */
package io.ferrite.module;
