package dev.plinth.addons.servicelb;

import static java.util.stream.Collectors.joining;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What the containers of a pod fail of, in the kubelet's words and in their own. */
final class FailingContainers {

  private static final Set<String> IMAGE_REASONS =
      Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull");
  private static final String CRASH_LOOP = "CrashLoopBackOff";
  private static final Set<String> START_REASONS =
      Set.of("CreateContainerConfigError", "CreateContainerError", "RunContainerError");

  private final ContainerLogs logs;

  FailingContainers(ContainerLogs logs) {
    this.logs = logs;
  }

  /** Whether a container's image is not to be had. */
  static boolean lackImage(Pod pod) {
    return first(pod, it -> waitsFor(it, IMAGE_REASONS)).isPresent();
  }

  /** Whether a container does not start, or does not stay. */
  static boolean crash(Pod pod) {
    return first(pod, FailingContainers::isCrashing).isPresent();
  }

  /** Why an image is not to be had. */
  static String imageCause(Pod pod) {
    return first(pod, it -> waitsFor(it, IMAGE_REASONS))
        .map(FailingContainers::inWordsOfKubelet)
        .orElseThrow();
  }

  /** Why a container does not start, or what was last heard of it. */
  String crashCause(Pod pod) {
    ContainerStatus status = first(pod, FailingContainers::isCrashing).orElseThrow();
    return waitsFor(status, START_REASONS) ? inWordsOfKubelet(status) : lastHeard(pod, status);
  }

  /**
   * Between two runs, the kubelet shows how the last one ended, sometimes for minutes, and only
   * then that it waits. A container that has ended once may still come to stay.
   */
  private static boolean isCrashing(ContainerStatus status) {
    return waitsFor(status, START_REASONS)
        || waitsFor(status, Set.of(CRASH_LOOP))
        || (status.getState().getTerminated() != null && status.getRestartCount() > 0);
  }

  private static boolean waitsFor(ContainerStatus status, Set<String> reasons) {
    ContainerStateWaiting waiting = status.getState().getWaiting();
    return waiting != null && reasons.contains(waiting.getReason());
  }

  /** Without the time of the next start, which is another one each time. */
  private String lastHeard(Pod pod, ContainerStatus status) {
    ContainerStateTerminated ended = status.getState().getTerminated();
    boolean isPrevious = ended == null;
    if (isPrevious && status.getLastState() != null) {
      ended = status.getLastState().getTerminated();
    }
    List<String> lines = logs.lastLines(pod, status.getName(), isPrevious);
    return "container %s ends again and again%s%s"
        .formatted(
            status.getName(),
            ended == null ? "" : describe(ended),
            lines.isEmpty()
                ? ""
                : "; the end of its log: " + Diagnosis.quote(String.join(" | ", lines)));
  }

  private static String describe(ContainerStateTerminated ended) {
    boolean isTelling = ended.getReason() != null && !ended.getReason().equals("Error");
    return ", last with exit code %d%s"
        .formatted(ended.getExitCode(), isTelling ? " (%s)".formatted(ended.getReason()) : "");
  }

  private static String inWordsOfKubelet(ContainerStatus status) {
    ContainerStateWaiting waiting = status.getState().getWaiting();
    return Stream.of(waiting.getReason(), waiting.getMessage())
        .filter(it -> it != null && !it.isBlank())
        .map(Diagnosis::quote)
        .collect(joining(": "));
  }

  private static Optional<ContainerStatus> first(Pod pod, Predicate<ContainerStatus> condition) {
    return PodTraits.containers(pod).filter(condition).findFirst();
  }
}
