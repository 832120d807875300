package dev.plinth.helm.controller;

import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.model.HelmChart;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Says on a HelmChart that it is ours, and takes that off again. Not the framework's own finalizer:
 * it would be put on charts of other controllers too. Patches fail if the object has changed.
 */
final class ChartClaims {

  private ChartClaims() {}

  /** Puts our name and the finalizer on a chart that is nobody's. */
  static HelmChart claim(HelmChart chart, Context<HelmChart> context) {
    return context
        .resourceOperations()
        .conflictRetryingPatchPrimary(
            it -> {
              Map<String, String> annotations =
                  new HashMap<>(
                      Optional.ofNullable(it.getMetadata().getAnnotations()).orElse(Map.of()));
              annotations.put(HelmApi.MANAGED_BY, ChartScope.CONTROLLER);
              it.getMetadata().setAnnotations(annotations);
              it.addFinalizer(HelmApi.FINALIZER);
              return it;
            },
            it ->
                !it.isMarkedForDeletion()
                    && ChartScope.of(it) instanceof ChartScope.Ours ours
                    && !ours.claimed());
  }

  /** Lets a chart go. */
  static void release(Context<HelmChart> context) {
    try {
      context.resourceOperations().removeFinalizer(HelmApi.FINALIZER);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HTTP_NOT_FOUND) {
        throw e; // else it is gone, as it should be
      }
    }
  }
}
