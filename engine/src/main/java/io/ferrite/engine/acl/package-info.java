/**
 * Who may run what: users, their rules, and the check of a command against them.
 *
 * <p>Names, patterns and rules are strings whose characters are bytes (ISO 8859-1).
 */
@org.jspecify.annotations.NullMarked
package io.ferrite.engine.acl;
