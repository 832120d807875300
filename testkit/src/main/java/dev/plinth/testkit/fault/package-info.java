/**
 * What happens to the servers of a cluster: the network between one of them and the API server
 * fails ({@link dev.plinth.testkit.fault.ApiProxy}), its process is killed or stands still ({@link
 * dev.plinth.testkit.fault.ServerProcess}).
 */
package dev.plinth.testkit.fault;
