package dev.plinth.health;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * An object as the rules read it: what is missing or of an unexpected type reads as absent, and
 * nothing throws.
 */
record LiveObject(ObjectMeta metadata, JsonNode spec, JsonNode status) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  static LiveObject of(GenericKubernetesResource resource) {
    return new LiveObject(
        requireNonNullElse(resource.getMetadata(), new ObjectMeta()),
        JSON.valueToTree(resource.getAdditionalProperties().get("spec")),
        JSON.valueToTree(resource.getAdditionalProperties().get("status")));
  }

  boolean deleting() {
    return metadata.getDeletionTimestamp() != null;
  }

  List<String> finalizers() {
    return requireNonNullElse(metadata.getFinalizers(), List.of());
  }

  /** The generation of the declared state; 0 for kinds that do not count. */
  long generation() {
    return requireNonNullElse(metadata.getGeneration(), 0L);
  }

  /** The generation that the status belongs to, where it says so. */
  OptionalLong observedGeneration() {
    return integer(status.path("observedGeneration"));
  }

  /** A number of the status; absent is 0, since controllers omit zeros. */
  int count(String field) {
    return number(status.path(field)).orElse(0);
  }

  Optional<Condition> condition(String type) {
    return elements(status.path("conditions"))
        .map(Condition::of)
        .filter(it -> it.type().equals(type))
        .findFirst();
  }

  /** The text of a node; empty if it is none. */
  static String text(JsonNode node) {
    return node.isTextual() ? node.textValue() : "";
  }

  static OptionalInt number(JsonNode node) {
    return node.canConvertToInt() ? OptionalInt.of(node.intValue()) : OptionalInt.empty();
  }

  /** The elements of a list; none if it is no list. */
  static Stream<JsonNode> elements(JsonNode node) {
    return node.isArray() ? StreamSupport.stream(node.spliterator(), false) : Stream.empty();
  }

  private static OptionalLong integer(JsonNode node) {
    return node.canConvertToLong() ? OptionalLong.of(node.longValue()) : OptionalLong.empty();
  }

  /** A condition of the status. */
  record Condition(
      String type, String status, String reason, String message, OptionalLong observedGeneration) {

    private static Condition of(JsonNode node) {
      return new Condition(
          text(node.path("type")),
          text(node.path("status")),
          text(node.path("reason")),
          text(node.path("message")),
          integer(node.path("observedGeneration")));
    }

    boolean isTrue() {
      return status.equals("True");
    }

    boolean isFalse() {
      return status.equals("False");
    }

    /** The reason, which the conventions demand and not all controllers give. */
    String reasonOr(String fallback) {
      return reason.isBlank() ? fallback : reason;
    }

    /** The message; what the condition says by itself if there is none. */
    String messageOrStatus() {
      return message.isBlank() ? "condition %s is %s".formatted(type, status) : message;
    }
  }
}
