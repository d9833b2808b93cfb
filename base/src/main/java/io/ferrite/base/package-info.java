/** What needs nothing but the JDK and knows nothing of Redis' data. */
@NullMarked
package io.ferrite.base;

import org.jspecify.annotations.NullMarked;
