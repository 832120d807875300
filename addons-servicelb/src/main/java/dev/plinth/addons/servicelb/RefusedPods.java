package dev.plinth.addons.servicelb;

import static java.util.Comparator.comparing;
import static java.util.Comparator.naturalOrder;
import static java.util.Comparator.nullsFirst;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Pods that a DaemonSet's controller could not even create, for a quota, an admission controller or
 * a missing service account. Only its events tell of them.
 */
final class RefusedPods {

  /** Of such an event. */
  static final String REASON = "FailedCreate";

  private static final String PREFIX = "Error creating: ";

  private RefusedPods() {}

  /**
   * Why pods are missing; empty if none is, or nobody says why.
   *
   * @param pods the DaemonSet's pods
   * @param events events with the reason {@link #REASON}
   */
  static Optional<Problem> problem(
      DaemonSet daemonSet, Collection<Pod> pods, Collection<Event> events) {
    int missing = Diagnosis.desired(daemonSet).orElse(0) - pods.size();
    if (missing <= 0) {
      return Optional.empty();
    }
    return events.stream()
        .filter(it -> isAbout(it, daemonSet))
        .max(comparing(RefusedPods::time, nullsFirst(naturalOrder())))
        .map(it -> new Problem(Problem.PODS_REFUSED, message(daemonSet, it, missing)));
  }

  private static boolean isAbout(Event event, DaemonSet daemonSet) {
    return Objects.equals(event.getInvolvedObject().getUid(), daemonSet.getMetadata().getUid());
  }

  private static String time(Event event) {
    return event.getLastTimestamp();
  }

  /** Without the pod's name, which is another one at each try. */
  private static String message(DaemonSet daemonSet, Event event, int missing) {
    String name = daemonSet.getMetadata().getName();
    String cause =
        Objects.toString(event.getMessage(), "")
            .replaceFirst("^" + PREFIX, "")
            .replaceAll("\"" + Pattern.quote(name) + "-[a-z0-9]*\" ", "");
    return "%d of the pods cannot be created: %s".formatted(missing, Diagnosis.quote(cause));
  }
}
