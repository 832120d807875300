package dev.plinth.helm.controller;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import dev.plinth.cluster.FieldSet;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.health.Health;
import dev.plinth.health.HealthRules;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is kept of a live object.
 *
 * @param content its {@link Content}, as text
 * @param digest of the content
 * @param drift the annotation {@value Labels#DRIFT}; empty if it has none
 * @param terminating whether it is being deleted
 * @param podSelector labels of the pods it runs; empty if it runs none
 */
record SeenObject(
    ObjectKey key,
    String uid,
    String resourceVersion,
    String content,
    String digest,
    Optional<String> drift,
    boolean terminating,
    Map<String, String> podSelector,
    Health health) {

  SeenObject {
    requireNonNull(key, "key");
    podSelector = Map.copyOf(podSelector);
  }

  static SeenObject of(ResourceKind kind, GenericKubernetesResource live, HealthRules rules) {
    ObjectNode tree = Json.object(live);
    tree.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
    JsonNode metadata = tree.path("metadata");
    String content = Json.canonical(Content.of(tree));
    return new SeenObject(
        new ObjectKey(kind, metadata.path("namespace").asText(""), metadata.path("name").asText()),
        metadata.path("uid").asText(),
        metadata.path("resourceVersion").asText(),
        content,
        Hashing.sha256().hashString(content, UTF_8).toString(),
        Optional.of(metadata.path("annotations").path(Labels.DRIFT))
            .filter(JsonNode::isTextual)
            .map(JsonNode::asText),
        metadata.hasNonNull("deletionTimestamp"),
        podSelector(tree),
        rules.evaluate(live));
  }

  /** Whether it tells a follower of the object anything that the other does not. */
  boolean differsFrom(SeenObject other) {
    return !uid.equals(other.uid)
        || !digest.equals(other.digest)
        || terminating != other.terminating
        || !health.equals(other.health);
  }

  /** As core looks for causes. */
  ObservedObject observed() {
    return new ObservedObject(
        key.kind(),
        key.namespace(),
        key.name(),
        uid,
        resourceVersion,
        "",
        "",
        "",
        FieldSet.EMPTY,
        false,
        terminating,
        false,
        false,
        podSelector,
        health);
  }

  private static Map<String, String> podSelector(ObjectNode live) {
    Map<String, String> selector = new TreeMap<>();
    live.at("/spec/selector/matchLabels")
        .properties()
        .forEach(it -> selector.put(it.getKey(), it.getValue().asText()));
    return selector;
  }

  @Override
  public String toString() {
    return key + " version " + resourceVersion;
  }
}
