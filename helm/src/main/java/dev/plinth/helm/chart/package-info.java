/** Chart archives: reading them, within the limits that keep a bad one from doing harm. */
package dev.plinth.helm.chart;
