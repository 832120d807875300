/**
 * The service provider interface of add-ons, their catalogue, and the selection by {@code
 * --disable}.
 */
package dev.plinth.addon;
