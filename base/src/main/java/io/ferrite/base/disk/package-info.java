/** Files as a server needs them, so that a real disk and a simulated one can stand behind it. */
@NullMarked
package io.ferrite.base.disk;

import org.jspecify.annotations.NullMarked;
