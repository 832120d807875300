/**
 * Ends a program at every write it sends to the API server, starts it again, and compares what it
 * leaves behind with an uncut run: {@link dev.plinth.testkit.crash.CrashPoints}.
 */
package dev.plinth.testkit.crash;
