package dev.plinth.helm.controller;

import static java.util.stream.Collectors.joining;

import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.model.HelmChartConfigStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** The status that a HelmChartConfig shall have. Pure. */
final class ConfigStatus {

  static final String APPLIED = "Applied";
  static final String NO_CHART = "NoChart";

  private static final String TRUE = "True";
  private static final String FALSE = "False";
  private static final String UNKNOWN = "Unknown";

  /** More are counted: the first ones are enough to begin with. */
  private static final int SHOWN = 5;

  private ConfigStatus() {}

  /** The condition {@code Applied} of the object as it is. */
  static Optional<Condition> applied(HelmChartConfig config) {
    return Optional.ofNullable(config.getStatus()).stream()
        .flatMap(it -> it.conditions().stream())
        .filter(it -> it.getType().equals(APPLIED))
        .findFirst();
  }

  /** The status after this outcome; the one that it has if that says it already. */
  static HelmChartConfigStatus of(HelmChartConfig config, ConfigOutcome outcome, Instant now) {
    if (outcome instanceof ConfigOutcome.Applied applied) {
      long revision = firstRevision(config, applied);
      return status(
          config,
          now,
          Optional.of(revision),
          applied.notes(),
          TRUE,
          APPLIED,
          "%s has it since revision %d".formatted(chart(config), revision));
    } else if (outcome instanceof ConfigOutcome.Invalid invalid) {
      return status(
          config,
          now,
          Optional.empty(),
          List.of(),
          FALSE,
          invalid.problems().get(0).reason(),
          problems(invalid));
    } else if (outcome instanceof ConfigOutcome.NotYet waiting) {
      return status(
          config, now, Optional.empty(), List.of(), UNKNOWN, waiting.reason(), waiting.message());
    }
    return status(
        config,
        now,
        Optional.empty(),
        List.of(),
        FALSE,
        NO_CHART,
        noChart(config, (ConfigOutcome.NoChart) outcome));
  }

  private static HelmChartConfigStatus status(
      HelmChartConfig config,
      Instant now,
      Optional<Long> revision,
      List<String> notes,
      String status,
      String reason,
      String message) {
    boolean isOrphan = reason.equals(NO_CHART);
    Long generation = config.getMetadata().getGeneration();
    String since =
        applied(config)
            .filter(it -> it.getStatus().equals(status))
            .map(Condition::getLastTransitionTime)
            .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
    Condition condition =
        new ConditionBuilder()
            .withType(APPLIED)
            .withStatus(status)
            .withReason(reason)
            .withMessage(message)
            .withObservedGeneration(generation)
            .withLastTransitionTime(since)
            .build();
    return new HelmChartConfigStatus(
        generation,
        isOrphan ? null : key(config),
        revision.orElse(null),
        notes,
        List.of(condition));
  }

  /** The revision that had this generation first, as long as that is still in the history. */
  private static long firstRevision(HelmChartConfig config, ConfigOutcome.Applied applied) {
    HelmChartConfigStatus before = config.getStatus();
    boolean isKnown =
        before != null
            && before.revision() != null
            && before.revision() <= applied.revision()
            && config.getMetadata().getGeneration() != null
            && config.getMetadata().getGeneration().equals(before.observedGeneration())
            && applied(config).filter(it -> it.getStatus().equals(TRUE)).isPresent();
    return isKnown ? before.revision() : applied.revision();
  }

  private static String problems(ConfigOutcome.Invalid invalid) {
    int more = invalid.problems().size() - SHOWN;
    return invalid.problems().stream()
            .limit(SHOWN)
            .map(InputProblem::message)
            .collect(joining("; "))
        + (more > 0 ? "; and %d more".formatted(more) : "")
        + invalid.inForce().map("; revision %d stays in force"::formatted).orElse("")
        + invalid.file().map("; declared in %s"::formatted).orElse("");
  }

  private static String noChart(HelmChartConfig config, ConfigOutcome.NoChart orphan) {
    String namespaces = String.join(", ", orphan.elsewhere());
    return "there is no %s%s"
        .formatted(
            chart(config),
            namespaces.isEmpty()
                ? ""
                : "; a HelmChart of that name is in %s, and a config counts in its own namespace only"
                    .formatted(namespaces));
  }

  private static String chart(HelmChartConfig config) {
    return "HelmChart " + key(config);
  }

  private static String key(HelmChartConfig config) {
    return config.getMetadata().getNamespace() + "/" + config.getMetadata().getName();
  }
}
