/**
 * Configuration: the table of parameters, their current values, the grammar of configuration files
 * and command lines, and CONFIG GET, SET and REWRITE as plain methods.
 */
package io.ferrite.node.config;
