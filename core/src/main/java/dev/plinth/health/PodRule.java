package dev.plinth.health;

import static dev.plinth.health.Health.current;
import static dev.plinth.health.Health.failed;
import static dev.plinth.health.Health.inProgress;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A pod is ready, done or failed; otherwise the most telling cause is named. */
final class PodRule implements Rule {

  /** What every container waits for at first. */
  private static final Set<String> USUAL_WAITING =
      Set.of("", "ContainerCreating", "PodInitializing");

  @Override
  public Health judge(LiveObject object) {
    String phase = LiveObject.text(object.status().path("phase"));
    if (phase.equals("Succeeded")) {
      return current("Succeeded", "all containers ended with success");
    }
    if (phase.equals("Failed")) {
      return failedPod(object);
    }
    Optional<LiveObject.Condition> ready = object.condition("Ready");
    if (ready.filter(LiveObject.Condition::isTrue).isPresent()) {
      return current("Ready", "");
    }
    return notScheduled(object)
        .or(() -> waitingContainer(object))
        .or(() -> endedContainer(object))
        .or(
            () ->
                ready
                    .filter(it -> !it.message().isBlank())
                    .map(it -> inProgress(it.reasonOr("NotReady"), it.message())))
        .orElseGet(
            () ->
                inProgress(
                    "NotReady", phase.isEmpty() ? "not ready" : "not ready, phase " + phase));
  }

  private static Health failedPod(LiveObject object) {
    String reason = LiveObject.text(object.status().path("reason"));
    String message = LiveObject.text(object.status().path("message"));
    return failed(
        reason.isBlank() ? "PodFailed" : reason,
        message.isBlank()
            ? endedContainer(object).map(Health::message).orElse("the pod has failed")
            : message);
  }

  private static Optional<Health> notScheduled(LiveObject object) {
    return object
        .condition("PodScheduled")
        .filter(LiveObject.Condition::isFalse)
        .map(it -> inProgress(it.reasonOr("Unschedulable"), it.messageOrStatus()));
  }

  private static Optional<Health> waitingContainer(LiveObject object) {
    return containers(object)
        .filter(it -> !USUAL_WAITING.contains(waitingReason(it)))
        .map(PodRule::waiting)
        .findFirst();
  }

  private static Health waiting(JsonNode container) {
    String reason = waitingReason(container);
    String detail = LiveObject.text(container.path("state").path("waiting").path("message"));
    String message =
        "container '%s' waits: %s%s%s"
            .formatted(
                name(container),
                reason,
                detail.isBlank() ? "" : ": " + detail,
                exit(container.path("lastState")).map(it -> " (last " + it + ")").orElse(""));
    // The name stands in the pod's own specification: nothing but a new pod can mend it.
    return reason.equals("InvalidImageName")
        ? failed(reason, message)
        : inProgress(reason, message);
  }

  private static Optional<Health> endedContainer(LiveObject object) {
    return containers(object)
        .flatMap(
            container ->
                exit(container.path("state")).stream()
                    .map(it -> "container '%s' ended: %s".formatted(name(container), it)))
        .map(it -> inProgress("ContainerEnded", it))
        .findFirst();
  }

  /** How a container ended without success, if it did. */
  private static Optional<String> exit(JsonNode state) {
    JsonNode terminated = state.path("terminated");
    int code = LiveObject.number(terminated.path("exitCode")).orElse(0);
    if (code == 0) {
      return Optional.empty();
    }
    String reason = LiveObject.text(terminated.path("reason"));
    return Optional.of("exit code " + code + (reason.isBlank() ? "" : ", " + reason));
  }

  private static Stream<JsonNode> containers(LiveObject object) {
    return Stream.of("initContainerStatuses", "containerStatuses")
        .flatMap(it -> LiveObject.elements(object.status().path(it)));
  }

  private static String waitingReason(JsonNode container) {
    return LiveObject.text(container.path("state").path("waiting").path("reason"));
  }

  private static String name(JsonNode container) {
    return LiveObject.text(container.path("name"));
  }
}
