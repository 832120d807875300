package dev.plinth.helm.model;

/** Names of the API {@code helm.cattle.io/v1} and of what K3s and Plinth write on its objects. */
public final class HelmApi {

  /** Group of HelmChart and HelmChartConfig. */
  public static final String GROUP = "helm.cattle.io";

  /** Its one version. */
  public static final String VERSION = "v1";

  /** Longest name of a release that Helm accepts, and so of a HelmChart. */
  public static final int LONGEST_NAME = 53;

  /**
   * Annotation of a HelmChart: the controller that takes care of it, set by the first one that sees
   * it. Without {@code .helm.}, as in K3s.
   */
  public static final String MANAGED_BY = "helmcharts.cattle.io/managed-by";

  /** Annotation of a HelmChart, of any value: no controller takes care of it. */
  public static final String UNMANAGED = "helmcharts.helm.cattle.io/unmanaged";

  /** Annotation of a HelmChart: where the chart comes from, for people. */
  public static final String CHART_URL = "helm.cattle.io/chart-url";

  /**
   * Annotation of a HelmChart: the address of a page that describes the chart's values, for whoever
   * has set one that the chart does not know.
   */
  public static final String VALUES_REFERENCE = "plinth.dev/values-reference";

  /**
   * Annotation of a HelmChart: names of HelmCharts of its namespace, with commas between them, that
   * have to be released before it is.
   */
  public static final String AFTER = "plinth.dev/after";

  /** Label of a release: digest of what it was made of. */
  public static final String CONFIG_HASH = "helmcharts.helm.cattle.io/configHash";

  /** Finalizer of HelmCharts, as K3s writes it. */
  public static final String FINALIZER = "wrangler.cattle.io/on-helm-chart-remove";

  /**
   * Annotation of a HelmChartConfig with the value {@code explicit}: its {@code failurePolicy:
   * reinstall} was written by the user and is not the default of K3s's definition.
   */
  public static final String FAILURE_POLICY = "plinth.dev/failure-policy";

  private HelmApi() {}
}
