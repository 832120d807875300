package dev.plinth.helm.controller;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.plinth.apply.Concurrently;
import dev.plinth.apply.Definitions;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.helm.chart.ChartArchive;
import dev.plinth.helm.controller.DefinitionApplication.Result;
import dev.plinth.helm.engine.ReleaseTarget.ServiceAccountName;
import dev.plinth.helm.release.Release;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * The definitions in a chart's {@code crds/}: applied before the chart is installed and before it
 * is upgraded, where Helm itself does so at the first installation only, and never deleted, as by
 * Helm. Thread-safe.
 */
final class ChartDefinitions {

  private static final int SIDE_BY_SIDE = 8;
  private static final int REMEMBERED = 200;

  private final KubernetesClient client;
  private final String fieldManager;

  /** What is settled, by digest of a chart's definitions: reading large ones takes its time. */
  private final Cache<String, Settled> settled =
      CacheBuilder.newBuilder().maximumSize(REMEMBERED).build();

  /**
   * Definitions with which there was nothing more to do.
   *
   * @param versions by name; the definitions themselves may have changed since
   * @param notes what there was to say
   */
  private record Settled(Map<String, String> versions, List<String> notes) {}

  /**
   * @param client the host's client; stays open
   * @param fieldManager whose the definitions become
   */
  ChartDefinitions(KubernetesClient client, String fieldManager) {
    this.client = requireNonNull(client, "client");
    this.fieldManager = requireNonNull(fieldManager, "fieldManager");
  }

  /**
   * Applies what differs and may be changed, and waits until it is served. An interruption is a
   * failure that passes, and the thread stays interrupted.
   *
   * @param before the release in force; empty before an installation
   * @param account with whose rights; empty: with Plinth's
   */
  DefinitionsOutcome apply(
      ChartArchive chart, Optional<Release> before, Optional<ServiceAccountName> account) {
    if (chart.crds().isEmpty()) {
      return new DefinitionsOutcome.Done(List.of(), List.of());
    }
    KubernetesClient acting = account.map(it -> it.impersonatedBy(client)).orElse(client);
    String digest = digest(chart);
    return stillSettled(digest, acting).orElseGet(() -> apply(chart, before, acting, digest));
  }

  private Optional<DefinitionsOutcome> stillSettled(String digest, KubernetesClient acting) {
    Settled known = settled.getIfPresent(digest);
    if (known == null) {
      return Optional.empty();
    }
    Definitions definitions = new Definitions(acting, new ClusterApi(acting, fieldManager));
    try {
      boolean same =
          sideBySide(
                  known.versions().keySet(),
                  name -> definitions.version(name).equals(Optional.of(known.versions().get(name))))
              .stream()
              .allMatch(it -> it);
      return same
          ? Optional.of(new DefinitionsOutcome.Done(List.of(), known.notes()))
          : Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.empty(); // what the server has to say is told where all is looked at
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private DefinitionsOutcome apply(
      ChartArchive chart, Optional<Release> before, KubernetesClient acting, String digest) {
    List<String> problems = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    Map<String, ObjectNode> declared = new LinkedHashMap<>();
    chart.crds().forEach((file, text) -> read(file, text, declared, notes, problems));
    if (!problems.isEmpty()) {
      return new DefinitionsOutcome.Failed(
          "InvalidDefinition", String.join("; ", problems), false, notes);
    }
    DefinitionApplication application =
        new DefinitionApplication(
            acting, new DefinitionRules(fieldManager, chart.metadata()), before);
    try {
      List<Result> results =
          sideBySide(declared.keySet(), it -> application.apply(it, declared.get(it)));
      results.forEach(it -> it.note().ifPresent(notes::add));
      remember(digest, results, notes);
      return conclude(results, notes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new DefinitionsOutcome.Failed("Interrupted", "interrupted", true, notes);
    }
  }

  private void remember(String digest, List<Result> results, List<String> notes) {
    if (results.stream().allMatch(it -> it.version().isPresent())) {
      Map<String, String> versions = new HashMap<>();
      results.forEach(it -> versions.put(it.name(), it.version().orElseThrow()));
      settled.put(digest, new Settled(Map.copyOf(versions), List.copyOf(notes)));
    }
  }

  private static <T> List<T> sideBySide(Set<String> names, Function<String, T> work)
      throws InterruptedException {
    if (names.isEmpty()) {
      return List.of();
    }
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(SIDE_BY_SIDE, names.size()));
    try {
      return new Concurrently(threads).map(names, work);
    } finally {
      threads.shutdownNow();
    }
  }

  private static DefinitionsOutcome conclude(List<Result> all, List<String> notes) {
    List<Result> failed = all.stream().filter(it -> it.failure().isPresent()).toList();
    return failed.isEmpty()
        ? new DefinitionsOutcome.Done(
            all.stream().filter(Result::applied).map(Result::name).toList(), notes)
        : new DefinitionsOutcome.Failed(
            "DefinitionRefused",
            RepairOutcome.list(failed.stream().flatMap(it -> it.failure().stream()).toList()),
            failed.stream().allMatch(Result::passing),
            notes);
  }

  private static void read(
      String file,
      String text,
      Map<String, ObjectNode> declared,
      List<String> notes,
      List<String> problems) {
    for (JsonNode document : ReleaseManifest.documents(file, text, problems::add)) {
      String name = document.path("metadata").path("name").asText("");
      if (DefinitionApplication.isDefinition(document) && !name.isEmpty()) {
        declared.put(name, (ObjectNode) document);
      } else {
        notes.add(
            "%s: left out: a %s, expected a CustomResourceDefinition of apiextensions.k8s.io/v1"
                .formatted(file, document.path("kind").asText("document without a kind")));
      }
    }
  }

  private static String digest(ChartArchive chart) {
    Hasher hasher = Hashing.sha256().newHasher();
    hasher.putString(chart.toString(), UTF_8);
    chart
        .crds()
        .forEach(
            (file, text) ->
                hasher.putInt(file.length()).putString(file, UTF_8).putString(text, UTF_8));
    return hasher.hash().toString();
  }
}
