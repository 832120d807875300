package dev.plinth.helm.controller;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Suppliers;
import dev.plinth.apply.Definitions;
import dev.plinth.apply.FieldChange;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Labels;
import dev.plinth.helm.controller.DefinitionRules.Decision;
import dev.plinth.helm.release.Release;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The application of one chart's definitions, one by one. Thread-safe. */
final class DefinitionApplication {

  private final ClusterApi api;
  private final Definitions definitions;
  private final DefinitionRules rules;
  private final Supplier<Set<String>> installedBefore;

  /**
   * @param client with whose rights; stays open
   * @param before the release in force; empty before an installation
   */
  DefinitionApplication(KubernetesClient client, DefinitionRules rules, Optional<Release> before) {
    this.api = new ClusterApi(client, rules.fieldManager());
    this.definitions = new Definitions(client, api);
    this.rules = rules;
    this.installedBefore = Suppliers.memoize(() -> definitionsOf(before));
  }

  /**
   * What came of one definition.
   *
   * @param version which version of it there is now; empty after a failure
   * @param note what people are to know
   * @param failure why it could not be applied
   * @param passing whether trying again may help
   */
  record Result(
      String name,
      boolean applied,
      Optional<String> version,
      Optional<String> note,
      Optional<String> failure,
      boolean passing) {

    static Result failed(String name, String message, boolean passing) {
      return new Result(
          name,
          false,
          Optional.empty(),
          Optional.empty(),
          Optional.of("CustomResourceDefinition %s: %s".formatted(name, message)),
          passing);
    }
  }

  static boolean isDefinition(JsonNode document) {
    return document.path("apiVersion").asText().equals(Definitions.KIND.apiVersion())
        && document.path("kind").asText().equals(Definitions.KIND.kind());
  }

  Result apply(String name, ObjectNode document) {
    try {
      Optional<ObjectNode> live = definitions.find(name);
      ObjectNode body = body(document);
      if (live.isEmpty()) {
        return applied(name, api.apply(Definitions.KIND, body, false).object());
      }
      if (live.get().path("metadata").hasNonNull("deletionTimestamp")) {
        return Result.failed(name, "it is being deleted", true);
      }
      if (definitions.isUnchanged(live.get(), body)) {
        definitions.awaitEstablished(live.get());
        return left(live.get(), Optional.empty());
      }
      Decision decision =
          rules.decide(live.get(), document, () -> installedBefore.get().contains(name));
      if (decision instanceof Decision.Keep keep) {
        return left(
            live.get(),
            differs(live.get(), document) ? Optional.of(note(name, keep)) : Optional.empty());
      }
      return applied(name, api.apply(Definitions.KIND, body, true).object());
    } catch (KubernetesClientException e) {
      int code = e.getCode();
      return Result.failed(
          name,
          Refusals.of(e),
          code < HttpURLConnection.HTTP_BAD_REQUEST
              || code >= HttpURLConnection.HTTP_INTERNAL_ERROR
              || code == HttpURLConnection.HTTP_CONFLICT);
    }
  }

  private ObjectNode body(ObjectNode document) {
    ObjectNode declared = document.deepCopy();
    ObjectNode metadata = declared.withObjectProperty("metadata");
    (metadata.path("annotations") instanceof ObjectNode annotations
            ? annotations
            : metadata.putObject("annotations"))
        .put(DefinitionRules.CHART, rules.mark());
    return Definitions.marked(declared);
  }

  private Result applied(String name, ObjectNode answer) {
    definitions.awaitEstablished(answer);
    return new Result(
        name, true, definitions.version(name), Optional.empty(), Optional.empty(), false);
  }

  private static Result left(ObjectNode live, Optional<String> note) {
    return new Result(
        live.path("metadata").path("name").asText(),
        false,
        Optional.of(Definitions.version(live)),
        note,
        Optional.empty(),
        false);
  }

  private static String note(String name, Decision.Keep keep) {
    return "CustomResourceDefinition %s is left as it is: it differs from the chart's, and %s; to have the chart's: kubectl annotate crd %s %s=true"
        .formatted(name, keep.why(), name, Labels.ADOPT);
  }

  /** By value first, then by the server, which has notations of its own. */
  private boolean differs(ObjectNode live, ObjectNode document) {
    ObjectNode declared = document.deepCopy();
    declared.remove("status");
    return !Content.covers(Content.of(live), Content.of(declared))
        && FieldChange.between(live, api.dryRunApply(Definitions.KIND, declared, true), false)
            .stream()
            .anyMatch(it -> it.path().startsWith("spec"));
  }

  /** Helm stores a chart's {@code crds/} among the files of the release's chart. */
  private static Set<String> definitionsOf(Optional<Release> before) {
    Set<String> names = new HashSet<>();
    before
        .map(it -> it.document().path("chart").path("files"))
        .ifPresent(
            files ->
                files.forEach(
                    file -> {
                      if (file.path("name").asText().startsWith("crds/")) {
                        collect(file.path("data").asText(), names);
                      }
                    }));
    return names;
  }

  private static void collect(String base64, Set<String> names) {
    try {
      String text = new String(Base64.getDecoder().decode(base64), UTF_8);
      ReleaseManifest.documents("crds", text, problem -> {}).stream()
          .filter(DefinitionApplication::isDefinition)
          .forEach(it -> names.add(it.path("metadata").path("name").asText()));
    } catch (IllegalArgumentException e) {
      // No file of Helm's, which are all in base64.
    }
  }
}
