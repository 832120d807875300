package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells, as events about a Service, what is done for it: with K3s's component and reasons. */
final class ServiceEvents {

  static final String APPLIED_DAEMON_SET = "AppliedDaemonSet";
  static final String DELETED_DAEMON_SET = "DeletedDaemonSet";
  static final String UPDATED_LOAD_BALANCER = "UpdatedLoadBalancer";
  static final String UNAVAILABLE_LOAD_BALANCER = "UnAvailableLoadBalancer";

  static final String NORMAL = "Normal";
  static final String WARNING = "Warning";

  private static final Logger log = LoggerFactory.getLogger(ServiceEvents.class);

  private static final String COMPONENT = "service-lb-controller";
  private static final int LONGEST_MESSAGE = 1024;

  private final KubernetesClient client;
  private final InstantSource clock;

  ServiceEvents(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  void normal(Service service, String reason, String message) {
    write(event(service, NORMAL, reason, message));
  }

  /** Writes an event. One that cannot be written is logged: it is no part of what it tells of. */
  void write(Event event) {
    try {
      client.resource(event).create();
    } catch (KubernetesClientException e) {
      log.debug(
          "Event {} about Service {}/{} not written",
          event.getReason(),
          event.getInvolvedObject().getNamespace(),
          event.getInvolvedObject().getName(),
          e);
    }
  }

  /** An event of now, not written yet. */
  Event event(Service service, String type, String reason, String message) {
    String time = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    String namespace = service.getMetadata().getNamespace();
    String name = service.getMetadata().getName();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name + "." + UUID.randomUUID().toString().replace("-", ""))
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion("v1")
        .withKind("Service")
        .withNamespace(namespace)
        .withName(name)
        .withUid(service.getMetadata().getUid())
        .endInvolvedObject()
        .withType(type)
        .withReason(reason)
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
