/** Numbers, checksums and compression in the forms that Redis' files and replies have. */
package io.ferrite.memory.codec;
