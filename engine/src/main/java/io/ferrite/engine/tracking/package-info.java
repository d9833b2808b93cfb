/** Client-side caching: which client may hold which key, and what it is told when that changes. */
package io.ferrite.engine.tracking;
