package dev.plinth.diagnosis;

import io.fabric8.kubernetes.api.model.Event;
import java.util.Optional;
import java.util.Set;

/** What a warning event tells of why an object does not get where it should. */
final class EventDiagnosis {

  private static final Set<String> VOLUME_REASONS =
      Set.of("FailedMount", "FailedAttachVolume", "ProvisioningFailed", "FailedBinding");

  private EventDiagnosis() {}

  /** The cause that an event tells; empty if it tells none that the object's status does not. */
  static Optional<Cause> of(Event event) {
    String object =
        event.getInvolvedObject().getKind()
            + " "
            + event.getInvolvedObject().getNamespace()
            + "/"
            + event.getInvolvedObject().getName();
    String message = event.getMessage() == null ? "" : event.getMessage();
    String reason = event.getReason() == null ? "" : event.getReason();
    if (reason.equals("FailedCreate")) {
      return Optional.of(creation(object, message));
    }
    if (VOLUME_REASONS.contains(reason)) {
      return Optional.of(new Cause(object, "Volume", message, false));
    }
    if (reason.equals("FailedCreatePodSandBox")) {
      return Optional.of(new Cause(object, "PodSandbox", message, false));
    }
    return Optional.empty();
  }

  /** Why the API server refused to create a pod. */
  private static Cause creation(String object, String message) {
    return Refusal.parse(message)
        .map(it -> new Cause(object, it.reason(), it.message(), it.terminal()))
        .orElseGet(() -> new Cause(object, "FailedCreate", message, true));
  }
}
