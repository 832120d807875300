package dev.plinth.helm.controller;

import static java.util.stream.Collectors.joining;

import dev.plinth.cluster.MissingRight;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What the server refused, as one line to act on. */
final class Refusals {

  /** How server-side apply says that a declaration does not fit its kind; values are behind it. */
  private static final Pattern MISFIT = Pattern.compile("failed to create typed patch object.*");

  private Refusals() {}

  /** Of a failure of whatever kind. */
  static String of(Throwable error) {
    return refusal(error).map(it -> of(it, false)).orElseGet(() -> String.valueOf(error));
  }

  /** Of an object: of a Secret the fields only, since the server quotes values. */
  static String of(KubernetesClientException e, ObjectKey object) {
    return of(e, object.kind().groupKind().equals("Secret"));
  }

  /** The server's answer in an exception or its causes. */
  static Optional<KubernetesClientException> refusal(Throwable error) {
    for (Throwable it = error; it != null; it = it.getCause()) {
      if (it instanceof KubernetesClientException refusal && refusal.getCode() != 0) {
        return Optional.of(refusal);
      }
    }
    return Optional.empty();
  }

  private static String of(KubernetesClientException e, boolean secret) {
    if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
      Optional<String> right = MissingRight.of(e);
      if (right.isPresent()) {
        return right.get();
      }
    }
    if (!secret) {
      return MISFIT
          .matcher(String.valueOf(e.getMessage()))
          .replaceAll("it does not fit the schema of its kind");
    }
    String fields =
        Optional.ofNullable(e.getStatus())
            .map(Status::getDetails)
            .map(StatusDetails::getCauses)
            .orElse(List.<StatusCause>of())
            .stream()
            .map(it -> it.getField() + ": " + it.getReason())
            .collect(joining(", "));
    return fields.isEmpty()
        ? "the server refused it (%d)".formatted(e.getCode())
        : "the server refused it: " + fields;
  }
}
