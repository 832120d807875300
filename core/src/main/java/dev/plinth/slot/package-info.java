/**
 * Who else in the cluster does what an add-on is there to do: foreign occupants of its slot, which
 * no add-on of the server is.
 */
package dev.plinth.slot;
