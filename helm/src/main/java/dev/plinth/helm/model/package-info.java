/**
 * The custom resources {@code HelmChart} and {@code HelmChartConfig} of {@code helm.cattle.io/v1},
 * as K3s has them, and their definitions.
 */
package dev.plinth.helm.model;
