/** Plinth. */
package dev.plinth.controlplane;
