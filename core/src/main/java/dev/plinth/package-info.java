/** Plinth. */
package dev.plinth;
