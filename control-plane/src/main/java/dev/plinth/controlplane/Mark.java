package dev.plinth.controlplane;

/**
 * A moment in the order of requests, from {@link ControlPlane#mark()}.
 *
 * @param position number of requests that were before it
 */
public record Mark(long position) {}
