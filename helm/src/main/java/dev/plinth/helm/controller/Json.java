package dev.plinth.helm.controller;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;

/** Trees of what this package has itself written as JSON, and of what the client has read. */
final class Json {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private Json() {}

  static ObjectNode object(String json) {
    try {
      return (ObjectNode) MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON of our own", e.getCause());
    }
  }

  static ObjectNode object(GenericKubernetesResource live) {
    return MAPPER.valueToTree(live);
  }

  static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  /** An object of the API, as the client has it. */
  static GenericKubernetesResource resource(ObjectNode live) {
    try {
      return MAPPER.treeToValue(live, GenericKubernetesResource.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no object of the API", e.getCause());
    }
  }

  /** A text that is the same for all notations of one tree. */
  static String canonical(ObjectNode tree) {
    try {
      return MAPPER.writeValueAsString(MAPPER.treeToValue(tree, Object.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always writable", e.getCause());
    }
  }
}
