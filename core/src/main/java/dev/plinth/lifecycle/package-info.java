/**
 * The life of a server: waiting for the API, staging, one loop for each add-on, and the end of it
 * all.
 */
package dev.plinth.lifecycle;
