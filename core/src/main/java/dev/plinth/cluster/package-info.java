/** Talking to the API server: kinds, requests, field ownership, and what is watched. */
package dev.plinth.cluster;
