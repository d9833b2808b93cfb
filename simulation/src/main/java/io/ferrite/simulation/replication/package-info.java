/**
 * Leaders and followers on a virtual network in virtual time: the log, both machines of a link and
 * their drivers are those of production, everything else is made up. One seed, one run, the same
 * every time.
 */
package io.ferrite.simulation.replication;
