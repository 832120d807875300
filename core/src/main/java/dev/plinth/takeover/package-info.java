/**
 * A K3s in the same cluster: whether it is alive, and the takeover of what it has left.
 *
 * <p>What a server's add-ons and files declare it adopts by itself, object by object ({@code
 * dev.plinth.apply}), unless that K3s is alive. Everything else of K3s's is adopted by {@link
 * dev.plinth.takeover.Takeover} alone; {@link dev.plinth.takeover.Release} gives back what Plinth
 * has.
 */
package dev.plinth.takeover;
