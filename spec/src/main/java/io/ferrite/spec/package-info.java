/**
 * The command table as data: what each command is called, how many arguments it takes, which of
 * them are keys, what it may do and to whom. Nothing here executes a command.
 *
 * <p>The data are the files under {@code src/main/commands}; {@code src/generator} turns them into
 * the package-private classes {@code CommandData} and {@code CommandDocsData} when the module is
 * built.
 */
@NullMarked
package io.ferrite.spec;

import org.jspecify.annotations.NullMarked;
