package dev.plinth.helm.values;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.model.ValuesSecret;
import dev.plinth.helm.values.ValueNode.Members;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes the values of a release from all that has a say in them, exactly as K3s and Helm do. Pure
 * and without state. From weak to strong:
 *
 * <ol>
 *   <li>the chart's own values
 *   <li>{@code valuesContent}, {@code values} and {@code valuesSecrets} of the HelmChart
 *   <li>the same of the HelmChartConfig
 *   <li>{@code set} of the HelmChart; strings win over other types of the same path
 * </ol>
 *
 * Mappings are merged; lists and scalars replace; null takes a value of the chart away.
 */
public final class ValuesMerger {

  /**
   * Merges.
   *
   * @throws ValuesException if anything cannot be used, with everything that cannot
   */
  public MergedValues merge(ValuesInput input) {
    return merge(read(input));
  }

  /**
   * Merges what a change of makes a new revision: without the Secrets whose updates are ignored.
   *
   * @throws ValuesException as {@link #merge(ValuesInput)}
   */
  public MergedValues mergeWithoutIgnored(ValuesInput input) {
    return merge(read(input, it -> !it.ignoreUpdates()));
  }

  /**
   * What is merged, read from its texts.
   *
   * @param base where the values of the chart's users stand, for values that have no other place
   */
  record Sources(
      HelmChart chart,
      Origin base,
      ChartCoalescing.Chart defaults,
      List<Members> layers,
      List<SetArgument> arguments,
      List<ValuesProblem> notices) {}

  static Sources read(ValuesInput input) {
    return read(input, it -> true);
  }

  private static Sources read(ValuesInput input, Predicate<ValuesSecret> used) {
    List<ValuesProblem> problems = new ArrayList<>();
    List<ValuesProblem> notices = new ArrayList<>();
    LayerReader reader = new LayerReader(problems, notices);
    HelmChart chart = input.chart();
    ChartCoalescing.Chart defaults = reader.read(input.defaults());
    List<Members> layers = layers(reader, input, used);
    List<SetArgument> arguments = setArguments(chart, problems);
    throwIfAny(problems);
    Origin base = Origin.of(Owner.HELM_CHART, chart.reference(), "spec");
    return new Sources(chart, base, defaults, layers, arguments, notices);
  }

  /** Merges; the collections of the sources become those of the result. */
  static MergedValues merge(Sources sources) {
    Members files = Members.empty(sources.base());
    sources.layers().forEach(layer -> overlay(files, layer));
    Members supplied = files.copy();
    List<ValuesProblem> problems = new ArrayList<>();
    for (SetArgument it : sources.arguments()) {
      try {
        SetLine.apply(it, SetArgument.originOf(sources.chart(), it.key()), supplied);
      } catch (ValuesException e) {
        problems.addAll(e.problems());
      }
    }
    throwIfAny(problems);
    Members effective = supplied.copy();
    List<ValuesProblem> notices = new ArrayList<>(sources.notices());
    new ChartCoalescing(notices).coalesce(sources.defaults(), effective);
    return new MergedValues(files, sources.arguments(), supplied, effective, notices);
  }

  private static void throwIfAny(List<ValuesProblem> problems) {
    if (!problems.isEmpty()) {
      throw new ValuesException(problems);
    }
  }

  private static List<Members> layers(
      LayerReader reader, ValuesInput input, Predicate<ValuesSecret> used) {
    HelmChart chart = input.chart();
    Predicate<ValuesSecret> read = used.and(it -> !isOwn(chart, it));
    List<Members> layers =
        new ArrayList<>(
            reader.read(
                Owner.HELM_CHART, chart.reference(), chart.getSpec(), input.secrets(), read));
    if (input.config().isPresent()) {
      HelmChartConfig config = input.config().get();
      layers.addAll(
          reader.read(
              Owner.HELM_CHART_CONFIG,
              config.reference(),
              config.getSpec(),
              input.secrets(),
              read));
    }
    return layers;
  }

  /**
   * Whether a reference is to K3s's own Secret of the chart, which holds what weaker layers say. It
   * is not followed, as in K3s.
   */
  public static boolean isOwn(HelmChart chart, ValuesSecret reference) {
    return reference.name().equals("chart-values-" + chart.getMetadata().getName());
  }

  private static List<SetArgument> setArguments(HelmChart chart, List<ValuesProblem> problems) {
    try {
      return SetArgument.of(chart);
    } catch (ValuesException e) {
      problems.addAll(e.problems());
      return List.of();
    }
  }

  /** Puts a layer over weaker ones; null is a value here. */
  private static void overlay(Members base, Members layer) {
    layer
        .members()
        .forEach(
            (key, value) -> {
              if (value instanceof Members over
                  && base.members().get(key) instanceof Members under) {
                overlay(under, over);
              } else {
                base.members().put(key, value);
              }
            });
  }
}
