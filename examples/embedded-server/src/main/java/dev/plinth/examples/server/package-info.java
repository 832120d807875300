/** Plinth. */
package dev.plinth.examples.server;
