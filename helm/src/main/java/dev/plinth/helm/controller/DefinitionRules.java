package dev.plinth.helm.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.cluster.Labels;
import dev.plinth.helm.chart.ChartMetadata;
import dev.plinth.helm.source.SemanticVersion;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * Whose a live definition is, and so whether a chart that brings the same one may change it. Pure.
 *
 * <p>Ours are those that a chart of the same name brought last; Helm's, which it made of a chart's
 * {@code crds/} and never changes, become ours. All others are somebody else's, as are those that a
 * release has among its templates, until an annotation hands them over. What is older by its own
 * mark never replaces what is newer.
 *
 * @param fieldManager our own
 * @param chart that brings the definition
 */
record DefinitionRules(String fieldManager, ChartMetadata chart) {

  /** Annotation of a definition: the chart that brought it last. */
  static final String CHART = "plinth.dev/chart";

  private static final String RELEASE = "meta.helm.sh/release-name";

  /** The mark of a bundle of definitions, as the Gateway API has it. */
  private static final String BUNDLE = "gateway.networking.k8s.io/bundle-version";

  /** The names under which versions of Helm, and Helm as a library, write. */
  private static final Set<String> HELM = Set.of("helm", "Go-http-client", "java");

  /** What may be done with a live definition. */
  sealed interface Decision {

    /** It may be changed. */
    record Change() implements Decision {}

    /**
     * It may not be changed, which matters only if it differs.
     *
     * @param why as in "it differs from the chart's, and ..."
     */
    record Keep(String why) implements Decision {}
  }

  /** The value of {@link #CHART} that this chart writes. */
  String mark() {
    return chart.name() + "-" + chart.version();
  }

  /**
   * Decides.
   *
   * @param live what there is
   * @param declared what the chart brings
   * @param installedBefore whether the release in force was made of a chart with this definition
   */
  Decision decide(ObjectNode live, ObjectNode declared, BooleanSupplier installedBefore) {
    JsonNode metadata = live.path("metadata");
    JsonNode annotations = metadata.path("annotations");
    if (annotations.path(Labels.ADOPT).asText("").equals("true")) {
      return new Decision.Change();
    }
    if (annotations.has(RELEASE)) {
      return new Decision.Keep("belongs to the release " + annotations.path(RELEASE).asText());
    }
    Set<String> managers = managers(metadata.path("managedFields"));
    String mark = annotations.path(CHART).asText("");
    boolean ours = managers.contains(fieldManager) && versionIn(mark).isPresent();
    boolean helms = !managers.isEmpty() && HELM.containsAll(managers);
    if (!ours && !helms && !(mark.isEmpty() && installedBefore.getAsBoolean())) {
      return new Decision.Keep(
          mark.isEmpty()
              ? "is managed by "
                  + (managers.isEmpty() ? "somebody who is not known" : String.join(", ", managers))
              : "was brought by chart " + mark);
    }
    return newer(live, declared, mark)
        .<Decision>map(Decision.Keep::new)
        .orElseGet(Decision.Change::new);
  }

  /** By what the live one is newer; empty if it is not, or that can't be told. */
  private Optional<String> newer(ObjectNode live, ObjectNode declared, String mark) {
    String there = bundle(live);
    String here = bundle(declared);
    if (isNewer(there, here)) {
      return Optional.of("is newer: %s %s, the chart has %s".formatted(BUNDLE, there, here));
    }
    return versionIn(mark).filter(it -> isNewer(it, chart.version())).isPresent()
        ? Optional.of("is newer: it was brought by chart %s, this is %s".formatted(mark, mark()))
        : Optional.empty();
  }

  /** The version in a mark of this chart; empty in that of a chart whose name begins alike. */
  private Optional<String> versionIn(String mark) {
    String prefix = chart.name() + "-";
    return Optional.of(mark)
        .filter(it -> it.startsWith(prefix))
        .map(it -> it.substring(prefix.length()))
        .filter(it -> SemanticVersion.parse(it).isPresent());
  }

  private static boolean isNewer(String there, String here) {
    Optional<SemanticVersion> live = SemanticVersion.parse(there);
    Optional<SemanticVersion> declared = SemanticVersion.parse(here);
    return live.isPresent() && declared.isPresent() && live.get().compareTo(declared.get()) > 0;
  }

  private static String bundle(ObjectNode definition) {
    return definition.path("metadata").path("annotations").path(BUNDLE).asText("");
  }

  /** Who declares anything of it; its status is the server's. */
  private static Set<String> managers(JsonNode entries) {
    Set<String> managers = new TreeSet<>();
    for (JsonNode entry : entries) {
      if (entry.path("subresource").asText("").isEmpty()) {
        managers.add(entry.path("manager").asText());
      }
    }
    return managers;
  }
}
