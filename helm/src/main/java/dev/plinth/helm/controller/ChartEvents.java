package dev.plinth.helm.controller;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells, as events about a HelmChart, what is done for it: with K3s's component. */
final class ChartEvents {

  private static final Logger LOG = LoggerFactory.getLogger(ChartEvents.class);

  private static final int LONGEST_MESSAGE = 1024;

  private final KubernetesClient client;
  private final InstantSource clock;

  ChartEvents(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  void normal(HasMetadata about, String reason, String message) {
    record(about, "Normal", reason, message);
  }

  void warning(HasMetadata about, String reason, String message) {
    record(about, "Warning", reason, message);
  }

  /** An event that cannot be written is logged: it is no part of the work it tells of. */
  private void record(HasMetadata about, String type, String reason, String message) {
    try {
      client.resource(event(about, type, reason, message)).create();
    } catch (KubernetesClientException e) {
      LOG.debug(
          "Event {} about {} {}/{} not written",
          reason,
          about.getKind(),
          about.getMetadata().getNamespace(),
          about.getMetadata().getName(),
          e);
    }
  }

  private Event event(HasMetadata about, String type, String reason, String message) {
    String time = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    String namespace = about.getMetadata().getNamespace();
    String name = about.getMetadata().getName();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name + "." + UUID.randomUUID().toString().replace("-", ""))
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(about.getApiVersion())
        .withKind(about.getKind())
        .withNamespace(namespace)
        .withName(name)
        .withUid(about.getMetadata().getUid())
        .endInvolvedObject()
        .withType(type)
        .withReason(reason)
        .withMessage(
            message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) : message)
        .withNewSource()
        .withComponent(ChartScope.CONTROLLER)
        .endSource()
        .withReportingComponent(ChartScope.CONTROLLER)
        .withReportingInstance(ChartScope.CONTROLLER)
        .withFirstTimestamp(time)
        .withLastTimestamp(time)
        .withCount(1)
        .build();
  }
}
