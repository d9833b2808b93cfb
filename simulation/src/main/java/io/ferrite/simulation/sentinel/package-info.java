/**
 * Sentinels, a master, its replicas and a client on a virtual network: the classes that decide in
 * production, with everything else made up. One seed, one run, the same every time.
 */
package io.ferrite.simulation.sentinel;
