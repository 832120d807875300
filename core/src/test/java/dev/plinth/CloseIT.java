package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.ReconcilerRegistration;
import dev.plinth.addon.ReconcilerResources;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithControlPlane
class CloseIT {

  private static final int CYCLES = 5;
  private static final Duration A_MOMENT = Duration.ofMillis(500);

  @TempDir Path data;

  @Test
  void nothingIsLeftBehindHoweverOftenAServerStartsAndCloses(ControlPlane controlPlane)
      throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon addon =
        TestAddon.of(
                "cycled",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: cycled, namespace: default}}")
            .reconciling(CloseIT::reconcilers);
    // What the host's client and the JVM themselves start once.
    host.runReady(addon);
    long files = openFiles();
    Set<Thread> before = threads();

    for (int i = 0; i < CYCLES; i++) {
      host.runReady(addon);
      // An executor has terminated while its last thread is still on the way out.
      await("threads of Plinth are gone")
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(threads())
                      .extracting(Thread::getName)
                      .noneMatch(it -> it.startsWith("plinth-")));
    }

    await()
        .atMost(TestHost.PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(threads()).hasSizeLessThanOrEqualTo(before.size() + 1);
              assertThat(openFiles()).isLessThanOrEqualTo(files + 2);
            });
  }

  @Test
  void aReconciliationThatRunsAtTheCloseSeesItsCachesAsTheyWere(ControlPlane controlPlane)
      throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CompletableFuture<Integer> seen = new CompletableFuture<>();
    TestAddon addon =
        TestAddon.of(
                "closed",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: closed, namespace: default}}")
            .reconciling(
                context ->
                    List.of(
                        new ReconcilerRegistration<>(
                            new Slow(running, seen),
                            settings -> settings.settingNamespace("kube-public"))));
    controlPlane
        .client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("kube-public")
                .withName("closed")
                .endMetadata()
                .build())
        .serverSideApply();
    PlinthServer server = TestHost.of(controlPlane, data).start(addon);
    assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();

    server.close();

    assertThat(seen.get(0, TimeUnit.SECONDS)).isPositive();
  }

  @Test
  void whatReconcilersHoldIsWaitedForBeforeTheyAreInterruptedAndClosedAfterThem(
      ControlPlane controlPlane) throws Exception {
    Held held = new Held();
    TestAddon addon =
        TestAddon.of(
                "held",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: held, namespace: default}}")
            .reconciling(
                context ->
                    List.of(
                        new ReconcilerRegistration<>(
                            held, settings -> settings.settingNamespace("kube-public"), held)));
    controlPlane
        .client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("kube-public")
                .withName("held")
                .endMetadata()
                .build())
        .serverSideApply();
    PlinthServer server = TestHost.of(controlPlane, data).start(addon);
    assertThat(held.running.await(60, TimeUnit.SECONDS)).isTrue();

    server.close();

    assertThat(held.steps).containsExactly("settled", "reconciled", "closed");
  }

  /** Works for longer than a reconciliation may at the close, unless it is waited for. */
  private static final class Held implements Reconciler<ConfigMap>, ReconcilerResources {

    private static final Duration LONGER_THAN_A_CLOSE_WAITS = Duration.ofSeconds(2);

    final CountDownLatch running = new CountDownLatch(1);
    final List<String> steps = new CopyOnWriteArrayList<>();
    private final CountDownLatch settled = new CountDownLatch(1);

    @Override
    public UpdateControl<ConfigMap> reconcile(ConfigMap resource, Context<ConfigMap> context)
        throws InterruptedException {
      if (resource.getMetadata().getName().equals("held")) {
        running.countDown();
        settled.await();
        steps.add("reconciled");
      }
      return UpdateControl.noUpdate();
    }

    @Override
    public void settle() throws InterruptedException {
      Thread.sleep(LONGER_THAN_A_CLOSE_WAITS.toMillis());
      steps.add("settled");
      settled.countDown();
    }

    @Override
    public void close() {
      steps.add("closed");
    }
  }

  /** Looks at its cache of Namespaces while the server closes. */
  private record Slow(CountDownLatch running, CompletableFuture<Integer> seen)
      implements Reconciler<ConfigMap> {

    private static final long LONGER_THAN_AN_SDK_TAKES_TO_EMPTY_CACHES = 400;

    @Override
    public List<EventSource<?, ConfigMap>> prepareEventSources(
        EventSourceContext<ConfigMap> context) {
      return List.of(
          new InformerEventSource<>(
              InformerEventSourceConfiguration.from(Namespace.class, ConfigMap.class)
                  .withSecondaryToPrimaryMapper(namespace -> Set.of())
                  .build(),
              context));
    }

    @Override
    public UpdateControl<ConfigMap> reconcile(ConfigMap resource, Context<ConfigMap> context) {
      running.countDown();
      Uninterruptibles.sleepUninterruptibly(
          LONGER_THAN_AN_SDK_TAKES_TO_EMPTY_CACHES, TimeUnit.MILLISECONDS);
      InformerEventSource<Namespace, ConfigMap> namespaces =
          (InformerEventSource<Namespace, ConfigMap>)
              context.eventSourceRetriever().getEventSourceFor(Namespace.class);
      seen.complete((int) namespaces.list(it -> true).count());
      return UpdateControl.noUpdate();
    }
  }

  private static List<ReconcilerRegistration<?>> reconcilers(AddonContext context) {
    return List.of(
        new ReconcilerRegistration<>(
            new Watching(), settings -> settings.settingNamespace("default")));
  }

  private static final class Watching implements Reconciler<ConfigMap> {
    @Override
    public UpdateControl<ConfigMap> reconcile(ConfigMap resource, Context<ConfigMap> context) {
      return UpdateControl.noUpdate();
    }
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .collect(Collectors.toSet());
  }

  private static long openFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }
}
