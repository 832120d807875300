/** Plinth. */
package dev.plinth.testkit;
