package dev.plinth.helm.values;

/** Who brings a value. */
public enum Owner {
  /** The chart's archive: its {@code values.yaml}. */
  CHART,
  /** The HelmChart, or a Secret that it names. */
  HELM_CHART,
  /** The HelmChartConfig, or a Secret that it names. */
  HELM_CHART_CONFIG
}
