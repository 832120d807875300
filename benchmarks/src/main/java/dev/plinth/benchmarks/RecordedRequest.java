package dev.plinth.benchmarks;

import java.net.URI;
import java.time.Duration;
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

  boolean isWatch() {
    return uri.getQuery() != null && uri.getQuery().contains("watch=true");
  }

  /** Whether it is to change the cluster; Leases do not count. */
  boolean isWrite() {
    return !method.equals("GET") && !uri.getPath().contains("/leases/");
  }

  /** This watch, beginning with what there is instead of at a version of its time. */
  RecordedRequest fromNow() {
    URI fromNow =
        URI.create(
            uri.toString().replaceFirst("&resourceVersion=\\d+", "").replaceFirst("^ws", "http"));
    return new RecordedRequest("GET", fromNow, Optional.empty(), Optional.empty(), sent);
  }
}
