package dev.plinth.helm.controller;

import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import dev.plinth.addon.EventRecorder;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.model.HelmChartConfigStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Writes the status of HelmChartConfigs by server-side apply, and tells events. Nothing is written
 * if the status says it already. A write is made on the state that it was decided on, or not at
 * all.
 */
final class ConfigStatusWriter {

  static final String MANAGER = "plinth-helm-controller";

  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(MANAGER)
          .withForce(true)
          .build();
  private static final int ATTEMPTS = 4;

  private final KubernetesClient client;
  private final InstantSource clock;
  private final EventRecorder events;
  private final DeclaringFile files;

  ConfigStatusWriter(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
    this.events = new EventRecorder(client, ChartScope.CONTROLLER, clock);
    this.files = new DeclaringFile(client);
  }

  /**
   * Writes what has become of a config, if that is news. Of an object that is not the newest any
   * more, the newest is written to if it is of the same generation; else the next reconciliation
   * tells.
   *
   * @throws KubernetesClientException for what the API server refuses
   */
  void write(HelmChartConfig config, ConfigOutcome outcome) {
    Optional<HelmChartConfig> target = Optional.of(config);
    for (int attempt = 1; target.isPresent() && !writeTo(target.get(), outcome); attempt++) {
      if (attempt == ATTEMPTS) {
        return; // somebody writes it all the time, and each write is an event
      }
      target =
          live(config)
              .filter(
                  it ->
                      it.getMetadata()
                          .getGeneration()
                          .equals(config.getMetadata().getGeneration()));
    }
  }

  /**
   * Writes it on the state of the config that is at hand, or not at all.
   *
   * @return false if the config is another by now
   */
  boolean writeTo(HelmChartConfig config, ConfigOutcome outcome) {
    HelmChartConfigStatus status =
        ConfigStatus.of(config, located(config, outcome), clock.instant());
    if (status.equals(config.getStatus())) {
      return true;
    }
    try {
      client.resource(declaration(config, status)).subresource("status").patch(APPLY);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HTTP_CONFLICT) {
        return false;
      } else if (e.getCode() == HTTP_NOT_FOUND) {
        return true; // nobody is left to be told
      }
      throw e;
    }
    tell(config, status.conditions().get(0), outcome);
    return true;
  }

  /** Whoever has to mend it wants to know where. */
  private ConfigOutcome located(HelmChartConfig config, ConfigOutcome outcome) {
    return outcome instanceof ConfigOutcome.Invalid invalid
        ? invalid.declaredIn(files.of(config))
        : outcome;
  }

  private void tell(HelmChartConfig before, Condition now, ConfigOutcome outcome) {
    Optional<Condition> was = ConfigStatus.applied(before);
    if (outcome instanceof ConfigOutcome.Invalid) {
      boolean isNews =
          was.filter(it -> it.getStatus().equals(now.getStatus()))
              .filter(it -> it.getMessage().equals(now.getMessage()))
              .isEmpty();
      if (isNews) {
        events.warning(before, now.getReason(), now.getMessage());
      }
    } else if (outcome instanceof ConfigOutcome.Applied
        && was.filter(it -> it.getStatus().equals("False")).isPresent()) {
      events.normal(before, now.getReason(), now.getMessage());
    }
  }

  private Optional<HelmChartConfig> live(HelmChartConfig config) {
    return Optional.ofNullable(
            client
                .resources(HelmChartConfig.class)
                .inNamespace(config.getMetadata().getNamespace())
                .withName(config.getMetadata().getName())
                .get())
        .filter(it -> it.getMetadata().getUid().equals(config.getMetadata().getUid()));
  }

  private static HelmChartConfig declaration(HelmChartConfig config, HelmChartConfigStatus status) {
    HelmChartConfig declared = new HelmChartConfig();
    declared.setSpec(null);
    declared.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(config.getMetadata().getNamespace())
            .withName(config.getMetadata().getName())
            .withUid(config.getMetadata().getUid())
            .withResourceVersion(config.getMetadata().getResourceVersion())
            .build());
    declared.setStatus(status);
    return declared;
  }
}
