package dev.plinth.diagnosis;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a pod's own status tells of why it does not run. Pure: what needs more requests is added by
 * the caller.
 */
final class PodDiagnosis {

  private static final Set<String> IMAGE_REASONS =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "RegistryUnavailable",
          "ImageInspectError",
          "SignatureValidationFailed");

  /**
   * A kubelet tells of one image that it cannot pull now with one, now with the other, every few
   * seconds: that is no change.
   */
  private static final Set<String> ALTERNATING_REASONS = Set.of("ErrImagePull", "ImagePullBackOff");

  /** What it writes before the error of the last attempt while it waits for the next. */
  private static final Pattern BACK_OFF =
      Pattern.compile("^Back-off pulling image \"[^\"]*\": (?:ErrImagePull: )?");

  private static final Set<String> CONFIGURATION_REASONS =
      Set.of(
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError",
          "PreCreateHookError",
          "PostStartHookError");

  private PodDiagnosis() {}

  /**
   * A container that keeps ending.
   *
   * @param container its name
   * @param exitCode how it ended last; -1 if unknown
   * @param why the kubelet's reason for the end, e.g. {@code OOMKilled}; may be empty
   */
  record Crash(String container, int exitCode, String why) {}

  /** The scheduler's words, if it found no node. */
  static Optional<SchedulingProblem> scheduling(Pod pod) {
    return conditions(pod)
        .filter(it -> it.getType().equals("PodScheduled") && "False".equals(it.getStatus()))
        .filter(it -> it.getMessage() != null)
        .map(it -> SchedulingProblem.parse(it.getMessage()))
        .findFirst();
  }

  /** The container that crashes, if one does. */
  static Optional<Crash> crash(Pod pod) {
    return containers(pod)
        .filter(it -> waiting(it).filter(w -> "CrashLoopBackOff".equals(w.getReason())).isPresent())
        .map(
            it -> {
              Optional<ContainerStateTerminated> last =
                  Optional.ofNullable(it.getLastState()).map(state -> state.getTerminated());
              return new Crash(
                  it.getName(),
                  last.map(ContainerStateTerminated::getExitCode).orElse(-1),
                  last.map(ContainerStateTerminated::getReason).orElse(""));
            })
        .findFirst();
  }

  /** What else keeps the pod from running. */
  static Optional<Cause> other(Pod pod) {
    String object = describe(pod);
    PodStatus status = pod.getStatus();
    if (status != null && "Failed".equals(status.getPhase()) && status.getReason() != null) {
      boolean sysctl = status.getReason().equals("SysctlForbidden");
      return Optional.of(
          new Cause(
              object,
              status.getReason(),
              sysctl
                  ? "the kubelet of %s forbids a sysctl of the pod: %s; allow it there with --allowed-unsafe-sysctls"
                      .formatted(nodeOf(pod), status.getMessage())
                  : "%s on %s: %s"
                      .formatted(status.getReason(), nodeOf(pod), orEmpty(status.getMessage())),
              sysctl));
    }
    return containers(pod)
        .flatMap(it -> waiting(it).map(w -> waitingCause(object, it, w)).orElse(Stream.empty()))
        .findFirst();
  }

  static String describe(Pod pod) {
    return "Pod " + pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
  }

  static String nodeOf(Pod pod) {
    return Optional.ofNullable(pod.getSpec().getNodeName())
        .map(it -> "node " + it)
        .orElse("no node");
  }

  private static Stream<Cause> waitingCause(
      String object, ContainerStatus container, ContainerStateWaiting waiting) {
    String reason = orEmpty(waiting.getReason());
    if (IMAGE_REASONS.contains(reason)) {
      return Stream.of(
          new Cause(
              object,
              "ImagePull",
              "image %s of container %s cannot be pulled%s: %s"
                  .formatted(
                      container.getImage(),
                      container.getName(),
                      ALTERNATING_REASONS.contains(reason) ? "" : " (" + reason + ")",
                      BACK_OFF.matcher(orEmpty(waiting.getMessage())).replaceFirst("")),
              true));
    }
    if (CONFIGURATION_REASONS.contains(reason)) {
      return Stream.of(
          new Cause(
              object,
              "ContainerConfig",
              "container %s cannot be started (%s): %s"
                  .formatted(container.getName(), reason, orEmpty(waiting.getMessage())),
              true));
    }
    return Stream.empty();
  }

  private static Optional<ContainerStateWaiting> waiting(ContainerStatus container) {
    return Optional.ofNullable(container.getState()).map(it -> it.getWaiting());
  }

  private static Stream<ContainerStatus> containers(Pod pod) {
    return Optional.ofNullable(pod.getStatus()).stream()
        .flatMap(
            it ->
                Stream.of(it.getInitContainerStatuses(), it.getContainerStatuses())
                    .flatMap(List::stream));
  }

  private static Stream<PodCondition> conditions(Pod pod) {
    return Optional.ofNullable(pod.getStatus()).stream().flatMap(it -> it.getConditions().stream());
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }
}
