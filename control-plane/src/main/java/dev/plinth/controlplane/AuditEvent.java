package dev.plinth.controlplane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * One line of the audit log.
 *
 * @param id the same for the stages of one request
 * @param request what the line tells
 */
record AuditEvent(String id, Request request) {
  private static final ObjectReader JSON = JsonMapper.builder().build().reader();

  /**
   * Reads a line.
   *
   * @throws ControlPlaneException if it is not an audit event
   */
  static AuditEvent parse(String line) {
    try {
      JsonNode event = JSON.readTree(line);
      JsonNode object = event.path("objectRef");
      String uri = event.path("requestURI").asText();
      Map<String, String> parameters = parametersOf(uri);
      JsonNode impersonated = event.path("impersonatedUser").path("username");
      return new AuditEvent(
          event.path("auditID").asText(),
          new Request(
              event.path("verb").asText(),
              object.path("apiGroup").asText(),
              object.path("resource").asText(),
              object.path("subresource").asText(),
              object.path("namespace").asText(),
              object.path("name").asText(),
              event.path("userAgent").asText(),
              impersonated.asText(event.path("user").path("username").asText()),
              parameters.getOrDefault("fieldManager", ""),
              parameters.containsKey("dryRun"),
              event.path("responseStatus").path("code").asInt(),
              Instant.parse(event.path("stageTimestamp").asText()),
              uri));
    } catch (JsonProcessingException | RuntimeException e) {
      throw new ControlPlaneException("Not an audit event: " + line, e);
    }
  }

  private static Map<String, String> parametersOf(String uri) {
    Map<String, String> parameters = new HashMap<>();
    int query = uri.indexOf('?');
    if (query >= 0) {
      for (String parameter : uri.substring(query + 1).split("&")) {
        String[] nameAndValue = parameter.split("=", 2);
        parameters.putIfAbsent(
            decode(nameAndValue[0]), nameAndValue.length == 2 ? decode(nameAndValue[1]) : "");
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
