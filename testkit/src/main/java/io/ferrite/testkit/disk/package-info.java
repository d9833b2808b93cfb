/** A disk that loses power. */
package io.ferrite.testkit.disk;
