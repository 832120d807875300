package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.config.DriftPolicy;
import dev.plinth.helm.engine.EngineKind;
import dev.plinth.helm.engine.ReleaseTarget.ServiceAccountName;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.values.Owner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a HelmChart asks for that K3s knows nothing of, in annotations.
 *
 * @param engine which engine; empty: the server's
 * @param account with whose rights Helm works; empty: the server's own
 * @param rollBack whether a failed upgrade is rolled back
 * @param drift what happens with changed objects; empty: what the server does
 * @param notes annotations that are passed over
 * @param problems annotations that say nothing that is understood
 */
record ChartChoices(
    Optional<EngineKind> engine,
    Optional<ServiceAccountName> account,
    boolean rollBack,
    Optional<DriftPolicy> drift,
    List<String> notes,
    List<InputProblem> problems) {

  static final String ENGINE = "plinth.dev/helm-engine";
  static final String SERVICE_ACCOUNT = "plinth.dev/service-account";
  static final String ON_FAILURE = "plinth.dev/on-failure";
  static final String DRIFT = "plinth.dev/drift";

  private static final String ROLLBACK = "rollback";
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  ChartChoices {
    requireNonNull(engine, "engine");
    requireNonNull(account, "account");
    requireNonNull(drift, "drift");
    notes = List.copyOf(notes);
    problems = List.copyOf(problems);
  }

  static ChartChoices of(HelmChart chart) {
    Map<String, String> annotations =
        Optional.ofNullable(chart.getMetadata().getAnnotations()).orElse(Map.of());
    List<InputProblem> problems = new ArrayList<>();
    Optional<String> engine = Optional.ofNullable(annotations.get(ENGINE));
    engine
        .filter(it -> EngineKind.of(it).isEmpty())
        .ifPresent(it -> problems.add(problem(chart, ENGINE, it, "in-process or cli")));
    Optional<String> account = Optional.ofNullable(annotations.get(SERVICE_ACCOUNT));
    account
        .filter(it -> !NAME.matcher(it).matches())
        .ifPresent(
            it ->
                problems.add(
                    problem(
                        chart,
                        SERVICE_ACCOUNT,
                        it,
                        "the name of a service account of the namespace")));
    Optional<String> onFailure = Optional.ofNullable(annotations.get(ON_FAILURE));
    onFailure
        .filter(it -> !it.equals(ROLLBACK))
        .ifPresent(it -> problems.add(problem(chart, ON_FAILURE, it, ROLLBACK)));
    Optional<String> drift = Optional.ofNullable(annotations.get(DRIFT));
    return new ChartChoices(
        engine.flatMap(EngineKind::of),
        account
            .filter(it -> NAME.matcher(it).matches())
            .map(it -> new ServiceAccountName(chart.getMetadata().getNamespace(), it)),
        onFailure.filter(ROLLBACK::equals).isPresent(),
        drift.flatMap(ChartChoices::policy),
        drift
            .filter(it -> policy(it).isEmpty())
            .map(
                it ->
                    "annotation %s: found '%s', expected repair, warn or ignore; it counts as absent"
                        .formatted(DRIFT, it))
            .stream()
            .toList(),
        problems);
  }

  private static Optional<DriftPolicy> policy(String word) {
    return Arrays.stream(DriftPolicy.values())
        .filter(it -> it.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst();
  }

  private static InputProblem problem(
      HelmChart chart, String annotation, String found, String expected) {
    return new InputProblem(
        Owner.HELM_CHART,
        "InvalidAnnotation",
        "%s: annotation %s: found '%s', expected %s"
            .formatted(chart.reference(), annotation, found, expected));
  }
}
