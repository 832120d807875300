/**
 * The Addon resource: one for each manifest file, its record in the cluster, its status and events.
 */
package dev.plinth.deploy;
