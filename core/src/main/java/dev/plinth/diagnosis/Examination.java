package dev.plinth.diagnosis;

import dev.plinth.cluster.ObservedObject;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watch over one object while it is not healthy: its pods and the warnings about it. Ends when
 * it is healthy, so that a healthy cluster is not watched any closer.
 */
final class Examination implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Examination.class);
  private static final Duration LIST_TIMEOUT = Duration.ofSeconds(10);

  private final KubernetesClient client;
  private final ObservedObject object;
  private final HostPorts hostPorts;
  private final Watched<Event> warnings;
  private final Optional<Watched<Pod>> pods;
  private final Executor executor;
  private final Runnable changed;
  private final Map<String, CompletableFuture<String>> lookedUp = new ConcurrentHashMap<>();

  /**
   * @param client the host's client
   * @param object the object that is not healthy
   * @param executor for looking up what may take a while
   * @param changed called when its pods or the warnings about it change, or a look-up has ended
   */
  Examination(KubernetesClient client, ObservedObject object, Executor executor, Runnable changed) {
    this.client = client;
    this.executor = executor;
    this.changed = changed;
    this.object = object;
    this.hostPorts = new HostPorts(client);
    this.warnings =
        start(
            client
                .v1()
                .events()
                .inNamespace(object.namespace())
                .withField("type", "Warning")
                .runnableInformer(0),
            changed);
    this.pods = podsOf(object).map(it -> start(it, changed));
  }

  /** The same with watches of its own; what was looked up is known to it. */
  Examination anew() {
    Examination fresh = new Examination(client, object, executor, changed);
    fresh.lookedUp.putAll(lookedUp);
    return fresh;
  }

  /** Waits until what the server has now is known; false if that does not come. */
  boolean hasBegun() throws InterruptedException {
    try {
      CompletableFuture.allOf(
              Stream.concat(Stream.of(warnings), pods.stream())
                  .map(it -> it.begun().toCompletableFuture())
                  .toArray(CompletableFuture[]::new))
          .get(LIST_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("Causes cannot be looked for anew: {}", object.describe(), e);
      return false;
    }
  }

  /** What is known now, the gravest first; empty while nothing is. */
  List<Cause> causes() {
    List<Pod> sick =
        pods.stream()
            .flatMap(it -> it.informer().getStore().list().stream())
            .filter(it -> it.getMetadata().getDeletionTimestamp() == null)
            .sorted(Comparator.comparing(it -> it.getMetadata().getName()))
            .toList();
    List<Cause> causes = new ArrayList<>();
    sick.forEach(it -> causeOf(it).ifPresent(causes::add));
    warnings.informer().getStore().list().stream()
        .filter(it -> concerns(it, sick))
        .sorted(Comparator.comparing(Examination::time).reversed())
        .map(EventDiagnosis::of)
        .flatMap(Optional::stream)
        .forEach(causes::add);
    Map<String, Cause> onePerReason = new LinkedHashMap<>();
    causes.forEach(it -> onePerReason.putIfAbsent(it.object() + " " + it.reason(), it));
    return onePerReason.values().stream()
        .sorted(Comparator.comparing(it -> !it.terminal()))
        .toList();
  }

  @Override
  public void close() {
    warnings.informer().close();
    pods.ifPresent(it -> it.informer().close());
  }

  private Optional<Cause> causeOf(Pod pod) {
    Optional<SchedulingProblem> scheduling = PodDiagnosis.scheduling(pod);
    if (scheduling.isPresent()) {
      return Optional.of(unschedulable(pod, scheduling.get()));
    }
    return PodDiagnosis.crash(pod).map(it -> crash(pod, it)).or(() -> PodDiagnosis.other(pod));
  }

  private Cause unschedulable(Pod pod, SchedulingProblem problem) {
    List<String> advice = new ArrayList<>(problem.advice());
    if (problem.hostPort()) {
      String holder =
          lookUp(
              "ports " + pod.getMetadata().getUid() + problem.words(),
              () -> {
                List<String> holders = hostPorts.holdersOf(pod);
                return holders.isEmpty()
                    ? "its host port is taken"
                    : "host port "
                        + String.join(", ", holders)
                        + ": stop that, or use another port";
              });
      if (!holder.isEmpty()) {
        advice.add(0, holder);
      }
    }
    return new Cause(
        PodDiagnosis.describe(pod),
        problem.hostPort() ? "HostPortTaken" : "Unschedulable",
        "no node can take it: "
            + problem.words()
            + (advice.isEmpty() ? "" : "; " + String.join("; ", advice)),
        problem.terminal());
  }

  private Cause crash(Pod pod, PodDiagnosis.Crash crash) {
    String log =
        lookUp(
            "log " + pod.getMetadata().getUid() + crash,
            () ->
                LogEnd.inOneLine(
                    Optional.ofNullable(client.raw(LogEnd.path(pod, crash.container())))
                        .orElse("")));
    return new Cause(
        PodDiagnosis.describe(pod),
        "CrashLoop",
        "container %s keeps ending on %s with exit code %d%s%s"
            .formatted(
                crash.container(),
                PodDiagnosis.nodeOf(pod),
                crash.exitCode(),
                crash.why().isEmpty() || crash.why().equals("Error")
                    ? ""
                    : " (" + crash.why() + ")",
                log.isEmpty() ? "" : "; its log ends: " + log),
        true);
  }

  private interface LookUp {
    String get();
  }

  /**
   * Asks the server once for what the watch does not show. The answer is not waited for: a node
   * that is down takes its time. What cannot be had is left out.
   */
  private String lookUp(String key, LookUp lookUp) {
    CompletableFuture<String> answer =
        lookedUp.computeIfAbsent(
            key, it -> CompletableFuture.supplyAsync(() -> orNothing(lookUp), executor));
    if (answer.isDone()) {
      return answer.join();
    }
    answer.thenRun(changed);
    return "";
  }

  private String orNothing(LookUp lookUp) {
    try {
      return lookUp.get();
    } catch (KubernetesClientException e) {
      LOG.debug("No details on {}", object.describe(), e);
      return "";
    }
  }

  private boolean concerns(Event event, List<Pod> itsPods) {
    String uid = event.getInvolvedObject().getUid();
    String kind = String.valueOf(event.getInvolvedObject().getKind());
    return object.uid().equals(uid)
        || itsPods.stream().anyMatch(it -> it.getMetadata().getUid().equals(uid))
        || kind.equals("ReplicaSet")
            && String.valueOf(event.getInvolvedObject().getName()).startsWith(object.name() + "-");
  }

  private Optional<SharedIndexInformer<Pod>> podsOf(ObservedObject owner) {
    var inNamespace = client.pods().inNamespace(owner.namespace());
    if (owner.kind().groupKind().equals("Pod")) {
      return Optional.of(inNamespace.withName(owner.name()).runnableInformer(0));
    }
    return owner.podSelector().isEmpty()
        ? Optional.empty()
        : Optional.of(inNamespace.withLabels(owner.podSelector()).runnableInformer(0));
  }

  /**
   * @param begun completes when what the server has is known
   */
  private record Watched<T>(SharedIndexInformer<T> informer, CompletionStage<Void> begun) {}

  private static <T extends HasMetadata> Watched<T> start(
      SharedIndexInformer<T> informer, Runnable changed) {
    CompletionStage<Void> begun =
        informer
            .exceptionHandler((started, error) -> started)
            .addEventHandler(new Changes<>(changed))
            .start();
    begun.whenComplete(
        (done, error) -> {
          if (error != null) {
            LOG.debug("Causes cannot be looked for: {} not watched", informer, error);
          }
        });
    return new Watched<>(informer, begun);
  }

  private static String time(Event event) {
    return Stream.of(
            event.getLastTimestamp(),
            event.getEventTime() == null ? null : event.getEventTime().getTime(),
            event.getMetadata().getCreationTimestamp())
        .filter(it -> it != null)
        .findFirst()
        .orElse("");
  }

  private record Changes<T>(Runnable changed) implements ResourceEventHandler<T> {

    @Override
    public void onAdd(T object) {
      changed.run();
    }

    @Override
    public void onUpdate(T before, T object) {
      changed.run();
    }

    @Override
    public void onDelete(T object, boolean unknownState) {
      changed.run();
    }
  }
}
