package dev.plinth.examples.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.Multimaps;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * What the {@code Addon} resources of a cluster say: anybody who can read them sees the same as the
 * server that wrote them, except for the add-ons that have none since they are disabled.
 */
final class AddonsInCluster {

  private static final ResourceDefinitionContext ADDON =
      new ResourceDefinitionContext.Builder()
          .withGroup("k3s.cattle.io")
          .withVersion("v1")
          .withKind("Addon")
          .withPlural("addons")
          .withNamespaced(true)
          .build();

  private static final String NAMESPACE = "kube-system";
  private static final String ADDON_LABEL = "plinth.dev/addon";
  private static final String MANIFESTS = "/server/manifests/";

  /** Reasons for which nobody looks after a file's objects: they are neither ready nor not. */
  private static final Set<String> LEFT = Set.of("SkipFile", "FileRemoved");

  private final KubernetesClient client;
  private final KubernetesSerialization serialization = new KubernetesSerialization();
  private final InstantSource clock;

  AddonsInCluster(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * Reads them.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server does not
   *     answer or refuses
   */
  AddonReport report() {
    List<Entry> all =
        client.genericKubernetesResources(ADDON).inNamespace(NAMESPACE).list().getItems().stream()
            .map(this::entry)
            .toList();
    ImmutableListMultimap<String, Entry> ofAddons =
        Multimaps.index(
            all.stream().filter(it -> it.addon().isPresent()).toList(), it -> it.addon().get());
    return new AddonReport(
        ofAddons.asMap().entrySet().stream().map(it -> merged(it.getKey(), it.getValue())).toList(),
        all.stream().filter(it -> it.addon().isEmpty()).map(Entry::status).toList(),
        List.of());
  }

  /** An add-on with several files is as good as the worst of them. */
  private static AddonStatus merged(String addon, Collection<Entry> entries) {
    AddonStatus worst =
        entries.stream()
            .map(Entry::status)
            .max(Comparator.comparingInt(AddonsInCluster::gravity).thenComparing(AddonStatus::time))
            .orElseThrow();
    int objects = entries.stream().mapToInt(it -> it.status().objects()).sum();
    return new AddonStatus(
        addon, worst.state(), worst.reason(), worst.message(), objects, worst.time());
  }

  private static int gravity(AddonStatus status) {
    return switch (status.state()) {
      case FAILED -> 4;
      case BLOCKED -> 3;
      case PROGRESSING -> 2;
      case DISABLED -> 1;
      case READY -> 0;
    };
  }

  private Entry entry(GenericKubernetesResource resource) {
    JsonNode addon = serialization.convertValue(resource, JsonNode.class);
    JsonNode status = addon.path("status");
    Optional<JsonNode> ready = condition(status, "Ready");
    AddonState state =
        condition(status, "Blocked").isPresent()
            ? AddonState.BLOCKED
            : ready.map(AddonsInCluster::state).orElse(AddonState.PROGRESSING);
    Optional<String> owner =
        Optional.ofNullable(addon.path("metadata").path("labels").path(ADDON_LABEL).asText(null));
    return new Entry(
        owner,
        new AddonStatus(
            name(addon),
            state,
            ready.map(it -> it.path("reason").asText()).orElse("NoStatus"),
            ready.map(it -> it.path("message").asText()).orElse("nobody has reported on it"),
            status.path("objects").path("total").asInt(),
            time(addon, state, ready)));
  }

  private static Optional<JsonNode> condition(JsonNode status, String type) {
    return StreamSupport.stream(status.path("conditions").spliterator(), false)
        .filter(it -> it.path("type").asText().equals(type))
        .findFirst();
  }

  private static AddonState state(JsonNode ready) {
    if (LEFT.contains(ready.path("reason").asText())) {
      return AddonState.DISABLED;
    }
    return switch (ready.path("status").asText()) {
      case "True" -> AddonState.READY;
      case "False" -> AddonState.FAILED;
      default -> AddonState.PROGRESSING;
    };
  }

  /** A file is known by its path below the manifests directory. */
  private static String name(JsonNode addon) {
    String source = addon.path("spec").path("source").asText("");
    int manifests = source.lastIndexOf(MANIFESTS);
    return manifests < 0
        ? addon.path("metadata").path("name").asText()
        : source.substring(manifests + MANIFESTS.length());
  }

  /** From the Addon's creation until its state was reached, or until now. */
  private Duration time(JsonNode addon, AddonState state, Optional<JsonNode> ready) {
    Instant end =
        ready
            .filter(it -> state != AddonState.PROGRESSING)
            .map(it -> Instant.parse(it.path("lastTransitionTime").asText()))
            .orElseGet(clock::instant);
    Instant begin = Instant.parse(addon.path("metadata").path("creationTimestamp").asText());
    Duration time = Duration.between(begin, end);
    return time.isNegative() ? Duration.ZERO : time;
  }

  private record Entry(Optional<String> addon, AddonStatus status) {}
}
