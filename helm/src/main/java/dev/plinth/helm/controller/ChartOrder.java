package dev.plinth.helm.controller;

import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.model.HelmChart;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Which charts are released before which. It is about installations and upgrades alone: what is in
 * force stays so whatever becomes of the others. Charts that name each other wait for ever, and say
 * so. Pure.
 */
final class ChartOrder {

  private ChartOrder() {}

  /**
   * What a chart waits for.
   *
   * @param others a HelmChart as it is now; empty if there is none
   * @return one line; empty if it waits for nothing
   */
  static Optional<String> awaited(
      HelmChart chart, Function<ResourceID, Optional<HelmChart>> others) {
    return names(chart)
        .map(name -> new ResourceID(name, chart.getMetadata().getNamespace()))
        .flatMap(id -> awaited(id, others.apply(id)).stream())
        .findFirst();
  }

  private static Stream<String> names(HelmChart chart) {
    Map<String, String> annotations = chart.getMetadata().getAnnotations();
    String text = annotations == null ? "" : annotations.getOrDefault(HelmApi.AFTER, "");
    return Stream.of(text.split(",")).map(String::strip).filter(name -> !name.isEmpty());
  }

  private static Optional<String> awaited(ResourceID id, Optional<HelmChart> found) {
    String name = id.getNamespace().orElse("") + "/" + id.getName();
    if (found.isEmpty()) {
      return Optional.of("waits for HelmChart %s, which is not there".formatted(name));
    }
    HelmChart other = found.get();
    return isReleased(other) || isUnmanaged(other)
        ? Optional.empty()
        : Optional.of("waits for HelmChart %s to be released".formatted(name));
  }

  private static boolean isReleased(HelmChart chart) {
    return chart.getStatus() != null
        && Objects.equals(
            chart.getStatus().observedGeneration(), chart.getMetadata().getGeneration())
        && Verdict.of(chart.getStatus(), Verdict.RELEASED).filter(Verdict::isTrue).isPresent();
  }

  /** Nobody is going to release it. */
  private static boolean isUnmanaged(HelmChart chart) {
    Map<String, String> annotations = chart.getMetadata().getAnnotations();
    return annotations != null && annotations.containsKey(HelmApi.UNMANAGED);
  }
}
