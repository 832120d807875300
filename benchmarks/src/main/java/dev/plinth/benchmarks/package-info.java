/**
 * Programs that measure Plinth on a real control plane and print tables. They never judge a time:
 * they fail only if what they measure does not work.
 */
package dev.plinth.benchmarks;
