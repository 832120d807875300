/**
 * Running Helm. {@link dev.plinth.helm.engine.HelmEngine} is the interface; there is an engine in
 * this process and one that starts the {@code helm} command. Requests and outcomes are data; what
 * an engine can not do is part of the outcome.
 */
package dev.plinth.helm.engine;
