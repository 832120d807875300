package dev.plinth.helm.model;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The settings of a HelmChart that a HelmChartConfig can override.
 *
 * @param failurePolicy what to do with a release that failed
 * @param serverSide mode of server-side apply, {@code true}, {@code false} or {@code auto}
 * @param forceConflicts whether conflicts of server-side apply are forced
 * @param notes what the config asks for and does not get, and why
 */
public record EffectiveSettings(
    String failurePolicy, String serverSide, boolean forceConflicts, List<String> notes) {

  /** The policy where nothing else is said, as in K3s. */
  public static final String DEFAULT_POLICY = "reinstall";

  private static final String EXPLICIT = "explicit";

  public EffectiveSettings {
    requireNonNull(failurePolicy, "failurePolicy");
    requireNonNull(serverSide, "serverSide");
    notes = List.copyOf(notes);
  }

  /**
   * The settings of a chart with its config.
   *
   * <p>K3s's definition of HelmChartConfig writes {@code failurePolicy: reinstall} into every
   * object that says nothing of it. So this value does not count where the chart has another
   * policy, unless the annotation {@link HelmApi#FAILURE_POLICY} says that it is meant.
   */
  public static EffectiveSettings of(HelmChart chart, Optional<HelmChartConfig> config) {
    List<String> notes = new ArrayList<>();
    HelmChartConfigSpec overrides =
        config.map(HelmChartConfig::getSpec).orElse(HelmChartConfigSpec.EMPTY);
    String own = orElse(chart.getSpec().failurePolicy(), DEFAULT_POLICY);
    String policy = orElse(overrides.failurePolicy(), own);
    if (policy.equals(DEFAULT_POLICY)
        && !own.equals(DEFAULT_POLICY)
        && config.filter(EffectiveSettings::isExplicit).isEmpty()) {
      policy = own;
      notes.add(
          ("spec.failurePolicy: reinstall is ignored, the chart's policy is %s and K3s puts"
                  + " reinstall where nothing is said; the annotation %s: %s makes it count")
              .formatted(own, HelmApi.FAILURE_POLICY, EXPLICIT));
    }
    return new EffectiveSettings(
        policy,
        orElse(overrides.serverSide(), orElse(chart.getSpec().serverSide(), "auto")),
        Optional.ofNullable(overrides.forceConflicts()).orElse(chart.getSpec().forceConflicts()),
        notes);
  }

  private static boolean isExplicit(HelmChartConfig config) {
    return config.getMetadata().getAnnotations() != null
        && EXPLICIT.equals(config.getMetadata().getAnnotations().get(HelmApi.FAILURE_POLICY));
  }

  private static String orElse(String value, String other) {
    return value == null || value.isEmpty() ? other : value;
  }
}
