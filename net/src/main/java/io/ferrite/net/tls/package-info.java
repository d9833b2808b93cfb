/**
 * Encrypted connections: keys and certificates in the forms that OpenSSL's users have them, and the
 * engines that work with them. Nothing here is loaded unless TLS is configured.
 */
@NullMarked
package io.ferrite.net.tls;

import org.jspecify.annotations.NullMarked;
