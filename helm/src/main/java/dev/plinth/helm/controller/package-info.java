/** What watches HelmCharts and HelmChartConfigs, and the releases that are made of them. */
package dev.plinth.helm.controller;
