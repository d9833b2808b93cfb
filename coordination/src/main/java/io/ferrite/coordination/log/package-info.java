/**
 * The one ordered stream of effects: written once, read by everybody who follows this server's
 * data.
 */
package io.ferrite.coordination.log;
