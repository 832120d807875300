package dev.plinth.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A request as it was sent.
 *
 * @param method HTTP method
 * @param uri whole address
 * @param contentType type of the body; empty if there is none
 * @param body empty if there is none
 * @param sent time since the start
 */
record RecordedRequest(
    String method, URI uri, Optional<String> contentType, Optional<String> body, Duration sent) {

  private static final ObjectMapper JSON = new ObjectMapper();

  boolean isWatch() {
    return uri.getQuery() != null && uri.getQuery().contains("watch=true");
  }

  /** Whether it is to change the cluster; Leases do not count. */
  boolean isWrite() {
    return !method.equals("GET") && !isOfLeases();
  }

  /** Whether it is about Leases, which cost what they cost however much there is to do. */
  boolean isOfLeases() {
    return uri.getPath().startsWith("/apis/coordination.k8s.io/");
  }

  /**
   * The same without saying which version of an object is meant: that has gone when it is sent
   * again.
   */
  RecordedRequest ofAnyVersion() {
    return new RecordedRequest(
        method, uri, contentType, body.map(RecordedRequest::withoutVersion), sent);
  }

  private static String withoutVersion(String body) {
    try {
      JsonNode document = JSON.readTree(body);
      if (document.path("metadata") instanceof ObjectNode metadata) {
        metadata.remove(List.of("uid", "resourceVersion"));
      }
      return document.toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what is sent to an API server is JSON", e);
    }
  }

  /** This watch, beginning with what there is instead of at a version of its time. */
  RecordedRequest fromNow() {
    URI fromNow =
        URI.create(
            uri.toString().replaceFirst("&resourceVersion=\\d+", "").replaceFirst("^ws", "http"));
    return new RecordedRequest("GET", fromNow, Optional.empty(), Optional.empty(), sent);
  }
}
