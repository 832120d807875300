package dev.plinth.helm.controller;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** What the API server says of a request that it refuses. */
final class ApiMessages {

  private ApiMessages() {}

  static String of(KubernetesClientException e) {
    return e.getStatus() == null || e.getStatus().getMessage() == null
        ? String.valueOf(e.getMessage())
        : e.getStatus().getMessage();
  }
}
