package dev.plinth.addon;

import static java.util.Objects.requireNonNull;

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

/** Tells, as events about namespaced objects, what a component of an add-on does for them. */
public final class EventRecorder {

  /** The type of events about what is as it should be. */
  public static final String NORMAL = "Normal";

  /** The type of events about what somebody should look at. */
  public static final String WARNING = "Warning";

  private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);

  /** The API server's limit. */
  private static final int LONGEST_MESSAGE = 1024;

  private final KubernetesClient client;
  private final String component;
  private final InstantSource clock;

  /**
   * @param client with the right to create events; stays open
   * @param component who tells, as {@code kubectl describe} shows it
   * @param clock for the events' times
   */
  public EventRecorder(KubernetesClient client, String component, InstantSource clock) {
    this.client = requireNonNull(client, "client");
    this.component = requireNonNull(component, "component");
    this.clock = requireNonNull(clock, "clock");
  }

  /**
   * Writes an event.
   *
   * @param reason one word in CamelCase
   * @param message without secrets; what is longer than an event can hold is cut off
   */
  public void normal(HasMetadata about, String reason, String message) {
    write(event(about, NORMAL, reason, message));
  }

  /** As {@link #normal}, of something that somebody should look at. */
  public void warning(HasMetadata about, String reason, String message) {
    write(event(about, WARNING, reason, message));
  }

  /**
   * An event of now, to be written later.
   *
   * @param type {@link #NORMAL} or {@link #WARNING}
   */
  public Event event(HasMetadata about, String type, String reason, String message) {
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
        .withComponent(component)
        .endSource()
        .withReportingComponent(component)
        .withReportingInstance(component)
        .withFirstTimestamp(time)
        .withLastTimestamp(time)
        .withCount(1)
        .build();
  }

  /** Writes an event. One that cannot be written is logged: it is no part of what it tells of. */
  public void write(Event event) {
    try {
      client.resource(event).create();
    } catch (KubernetesClientException e) {
      LOG.debug(
          "Event {} about {} {}/{} not written",
          event.getReason(),
          event.getInvolvedObject().getKind(),
          event.getInvolvedObject().getNamespace(),
          event.getInvolvedObject().getName(),
          e);
    }
  }
}
