/** What monitoring asks for over HTTP: numbers in Prometheus' text format, health, readiness. */
package io.ferrite.node.metrics;
