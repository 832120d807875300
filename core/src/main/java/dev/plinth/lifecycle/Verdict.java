package dev.plinth.lifecycle;

import dev.plinth.apply.ObjectOutcome;
import dev.plinth.cluster.MissingRight;
import dev.plinth.deploy.Enumeration;
import dev.plinth.deploy.ManifestReconciler;
import dev.plinth.report.AddonState;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;

/**
 * Where an add-on stands after a round of its loop.
 *
 * @param state FAILED if somebody must do something, PROGRESSING if time may help
 * @param reason one CamelCase word
 * @param message one line
 */
record Verdict(AddonState state, String reason, String message) {

  /**
   * @param objects how many objects it has
   * @param kept those of them that no manifest declares any more and that were left all the same
   */
  static Verdict ready(int objects, List<ObjectOutcome> kept) {
    String count = objects == 1 ? "1 object" : objects + " objects";
    return new Verdict(
        AddonState.READY,
        "Ready",
        kept.isEmpty() ? count : count + "; " + ManifestReconciler.describe(kept));
  }

  /** The same, with more to tell. */
  Verdict and(List<String> notes) {
    return notes.isEmpty()
        ? this
        : new Verdict(state, reason, message + "; " + Enumeration.of(notes));
  }

  /** What an exception that nobody foresaw means, such as one of the add-on's own code. */
  static Verdict unexpected(Throwable e) {
    return new Verdict(AddonState.FAILED, "UnexpectedFailure", e.toString());
  }

  /** What a request that did not succeed means for the add-on it was sent for. */
  static Verdict of(KubernetesClientException e) {
    return switch (e.getCode()) {
      case HttpURLConnection.HTTP_FORBIDDEN ->
          new Verdict(AddonState.FAILED, "Forbidden", MissingRight.of(e).orElseGet(e::getMessage));
      case HttpURLConnection.HTTP_UNAUTHORIZED ->
          new Verdict(
              AddonState.FAILED,
              "Unauthorized",
              "the API server does not accept the client's credentials");
      default -> new Verdict(AddonState.PROGRESSING, "ServerUnavailable", e.getMessage());
    };
  }
}
