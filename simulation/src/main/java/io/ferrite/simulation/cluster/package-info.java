/**
 * The nodes of a cluster on a virtual network: the machines that decide in production, with
 * everything else made up. One seed, one run, the same every time.
 */
package io.ferrite.simulation.cluster;
