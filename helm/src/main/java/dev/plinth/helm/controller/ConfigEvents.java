package dev.plinth.helm.controller;

import dev.plinth.helm.model.HelmChartConfig;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells, as events about a HelmChartConfig, when it becomes invalid and when it is applied again.
 */
final class ConfigEvents {

  private static final Logger log = LoggerFactory.getLogger(ConfigEvents.class);

  private static final String COMPONENT = "helm-controller";
  private static final int LONGEST_MESSAGE = 1024;

  private final KubernetesClient client;
  private final InstantSource clock;

  ConfigEvents(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  void normal(HelmChartConfig config, Condition condition) {
    record(config, "Normal", condition);
  }

  void warning(HelmChartConfig config, Condition condition) {
    record(config, "Warning", condition);
  }

  /** An event that cannot be written is logged: it is no part of the work it tells of. */
  private void record(HelmChartConfig config, String type, Condition condition) {
    try {
      client.resource(event(config, type, condition)).create();
    } catch (KubernetesClientException e) {
      log.debug("Event {} about {} not written", condition.getReason(), config.reference(), e);
    }
  }

  private Event event(HelmChartConfig config, String type, Condition condition) {
    String time = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    String namespace = config.getMetadata().getNamespace();
    String name = config.getMetadata().getName();
    String message = condition.getMessage();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name + "." + UUID.randomUUID().toString().replace("-", ""))
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(config.getApiVersion())
        .withKind(config.getKind())
        .withNamespace(namespace)
        .withName(name)
        .withUid(config.getMetadata().getUid())
        .endInvolvedObject()
        .withType(type)
        .withReason(condition.getReason())
        .withMessage(
            message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) : message)
        .withNewSource()
        .withComponent(COMPONENT)
        .endSource()
        .withReportingComponent(COMPONENT)
        .withReportingInstance(COMPONENT)
        .withFirstTimestamp(time)
        .withLastTimestamp(time)
        .withCount(1)
        .build();
  }
}
