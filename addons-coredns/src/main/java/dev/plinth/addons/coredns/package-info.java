/** Plinth. */
package dev.plinth.addons.coredns;
