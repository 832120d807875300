/**
 * The values of a chart: read from where K3s reads them, merged as Helm merges them, each with the
 * place that it came from.
 *
 * <p>Pure functions of text and objects; nothing here talks to a server or runs Helm.
 */
package dev.plinth.helm.values;
