package dev.plinth.lifecycle;

import dev.plinth.report.AddonState;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/**
 * Why a round of a loop did not get to its end.
 *
 * @param state FAILED if somebody must do something, PROGRESSING if trying again may help
 * @param reason one CamelCase word
 * @param message one line
 */
record Failure(AddonState state, String reason, String message) {

  static Failure of(KubernetesClientException e) {
    return switch (e.getCode()) {
      case HttpURLConnection.HTTP_FORBIDDEN ->
          new Failure(AddonState.FAILED, "Forbidden", e.getMessage());
      case HttpURLConnection.HTTP_UNAUTHORIZED ->
          new Failure(
              AddonState.FAILED,
              "Unauthorized",
              "the API server does not accept the credentials of the client");
      default -> new Failure(AddonState.PROGRESSING, "ServerUnavailable", e.getMessage());
    };
  }
}
