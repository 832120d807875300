package dev.plinth.helm.controller;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.apply.Concurrently;
import dev.plinth.apply.Definitions;
import dev.plinth.apply.FieldChange;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Labels;
import dev.plinth.helm.chart.ChartArchive;
import dev.plinth.helm.controller.DefinitionRules.Decision;
import dev.plinth.helm.engine.ReleaseTarget.ServiceAccountName;
import dev.plinth.helm.release.Release;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The definitions in a chart's {@code crds/}: applied before the chart is installed and before it
 * is upgraded, where Helm itself does so at the first installation only, and never deleted, as by
 * Helm.
 */
final class ChartDefinitions {

  private static final int SIDE_BY_SIDE = 8;

  private final KubernetesClient client;
  private final String fieldManager;

  /**
   * @param client the host's client; stays open
   * @param fieldManager whose the definitions become
   */
  ChartDefinitions(KubernetesClient client, String fieldManager) {
    this.client = requireNonNull(client, "client");
    this.fieldManager = requireNonNull(fieldManager, "fieldManager");
  }

  /** What came of one definition. */
  private record One(
      String name,
      boolean applied,
      Optional<String> note,
      Optional<String> failure,
      boolean passing) {
    static One done(String name, boolean applied) {
      return new One(name, applied, Optional.empty(), Optional.empty(), false);
    }

    static One left(String name, String note) {
      return new One(name, false, Optional.of(note), Optional.empty(), false);
    }

    static One failed(String name, String message, boolean passing) {
      return new One(
          name,
          false,
          Optional.empty(),
          Optional.of("CustomResourceDefinition %s: %s".formatted(name, message)),
          passing);
    }
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
    List<String> problems = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    Map<String, ObjectNode> declared = new LinkedHashMap<>();
    chart.crds().forEach((file, text) -> read(file, text, declared, notes, problems));
    if (!problems.isEmpty()) {
      return new DefinitionsOutcome.Failed(
          "InvalidDefinition", String.join("; ", problems), false, notes);
    }
    if (declared.isEmpty()) {
      return new DefinitionsOutcome.Done(List.of(), notes);
    }
    KubernetesClient acting = account.map(it -> it.impersonatedBy(client)).orElse(client);
    Application application =
        new Application(
            new ClusterApi(acting, fieldManager),
            acting,
            new DefinitionRules(fieldManager, chart.metadata()),
            before);
    return conclude(all(application, declared), notes);
  }

  private static List<One> all(Application application, Map<String, ObjectNode> declared) {
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(SIDE_BY_SIDE, declared.size()));
    try {
      return new Concurrently(threads)
          .map(declared.entrySet(), it -> application.apply(it.getKey(), it.getValue()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return declared.keySet().stream().map(it -> One.failed(it, "interrupted", true)).toList();
    } finally {
      threads.shutdownNow();
    }
  }

  private static DefinitionsOutcome conclude(List<One> all, List<String> notes) {
    all.forEach(it -> it.note().ifPresent(notes::add));
    List<One> failed = all.stream().filter(it -> it.failure().isPresent()).toList();
    return failed.isEmpty()
        ? new DefinitionsOutcome.Done(
            all.stream().filter(One::applied).map(One::name).toList(), notes)
        : new DefinitionsOutcome.Failed(
            "DefinitionRefused",
            RepairOutcome.list(failed.stream().flatMap(it -> it.failure().stream()).toList()),
            failed.stream().allMatch(One::passing),
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
      if (isDefinition(document) && !name.isEmpty()) {
        declared.put(name, (ObjectNode) document);
      } else {
        notes.add(
            "%s: left out: a %s, expected a CustomResourceDefinition of apiextensions.k8s.io/v1"
                .formatted(file, document.path("kind").asText("document without a kind")));
      }
    }
  }

  private static boolean isDefinition(JsonNode document) {
    return document.path("apiVersion").asText().equals(Definitions.KIND.apiVersion())
        && document.path("kind").asText().equals(Definitions.KIND.kind());
  }

  /** The application of one chart's definitions. */
  private static final class Application {
    private final ClusterApi api;
    private final Definitions definitions;
    private final DefinitionRules rules;
    private final Optional<Release> before;

    Application(
        ClusterApi api, KubernetesClient client, DefinitionRules rules, Optional<Release> before) {
      this.api = api;
      this.definitions = new Definitions(client, api);
      this.rules = rules;
      this.before = before;
    }

    One apply(String name, ObjectNode document) {
      ObjectNode declared = document.deepCopy();
      ObjectNode metadata = declared.withObjectProperty("metadata");
      (metadata.path("annotations") instanceof ObjectNode annotations
              ? annotations
              : metadata.putObject("annotations"))
          .put(DefinitionRules.CHART, rules.mark());
      ObjectNode body = Definitions.marked(declared);
      try {
        Optional<ObjectNode> live = definitions.find(name);
        if (live.isEmpty()) {
          definitions.awaitEstablished(api.apply(Definitions.KIND, body, false).object());
          return One.done(name, true);
        }
        if (live.get().path("metadata").hasNonNull("deletionTimestamp")) {
          return One.failed(name, "it is being deleted", true);
        }
        if (definitions.isUnchanged(live.get(), body)) {
          definitions.awaitEstablished(live.get());
          return One.done(name, false);
        }
        Decision decision = rules.decide(live.get(), document, wasInstalled(name));
        if (decision instanceof Decision.Keep keep) {
          return differs(live.get(), document)
              ? One.left(name, note(name, keep))
              : One.done(name, false);
        }
        definitions.awaitEstablished(api.apply(Definitions.KIND, body, true).object());
        return One.done(name, true);
      } catch (KubernetesClientException e) {
        int code = e.getCode();
        return One.failed(
            name,
            Refusals.of(e),
            code < HttpURLConnection.HTTP_BAD_REQUEST
                || code >= HttpURLConnection.HTTP_INTERNAL_ERROR
                || code == HttpURLConnection.HTTP_CONFLICT);
      }
    }

    private static String note(String name, Decision.Keep keep) {
      return "CustomResourceDefinition %s is left as it is: it differs from the chart's, and %s; to have the chart's: kubectl annotate crd %s %s=true"
          .formatted(name, keep.why(), name, Labels.ADOPT);
    }

    /** By value first, then by the server, which has notations of its own. */
    private boolean differs(ObjectNode live, ObjectNode document) {
      ObjectNode declared = document.deepCopy();
      declared.remove("status");
      if (Content.covers(Content.of(live), Content.of(declared))) {
        return false;
      }
      return !FieldChange.between(live, api.dryRunApply(Definitions.KIND, declared, true), false)
          .isEmpty();
    }

    private boolean wasInstalled(String name) {
      for (JsonNode file :
          before
              .map(Release::document)
              .map(it -> it.path("chart").path("files"))
              .orElse(Json.object("{}"))) {
        if (file.path("name").asText().startsWith("crds/")
            && defines(file.path("data").asText(), name)) {
          return true;
        }
      }
      return false;
    }

    private static boolean defines(String base64, String name) {
      try {
        String text = new String(Base64.getDecoder().decode(base64), UTF_8);
        return ReleaseManifest.documents("crds", text, problem -> {}).stream()
            .anyMatch(
                it -> isDefinition(it) && it.path("metadata").path("name").asText().equals(name));
      } catch (IllegalArgumentException e) {
        return false; // no file of Helm's
      }
    }
  }
}
