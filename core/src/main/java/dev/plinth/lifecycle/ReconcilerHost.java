package dev.plinth.lifecycle;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.plinth.addon.ReconcilerRegistration;
import dev.plinth.addon.ReconcilerResources;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the Java Operator SDK reconcilers of one add-on, and ends all their threads. */
final class ReconcilerHost implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ReconcilerHost.class);
  private static final Duration TERMINATION = Duration.ofSeconds(1);
  private static final Duration INTERRUPTION = Duration.ofMillis(500);

  /** What an API server makes good use of; they end when there is nothing for them to do. */
  private static final int THREADS = 16;

  private static final Duration LONGEST_IDLE = Duration.ofSeconds(5);

  private final Operator operator;
  private final ThreadPoolExecutor reconciliations;
  private final List<ReconcilerResources> resources;

  private ReconcilerHost(
      Operator operator,
      ThreadPoolExecutor reconciliations,
      List<ReconcilerRegistration<?>> registrations) {
    this.operator = operator;
    this.reconciliations = reconciliations;
    this.resources =
        registrations.stream()
            .<ReconcilerResources>map(ReconcilerRegistration::resources)
            .distinct()
            .toList();
  }

  /**
   * Starts the reconcilers; returns when their caches are filled.
   *
   * @throws io.javaoperatorsdk.operator.OperatorException if they cannot be started
   */
  static ReconcilerHost start(
      KubernetesClient client, List<ReconcilerRegistration<?>> registrations) {
    ThreadPoolExecutor reconciliations = threads();
    Operator operator =
        new Operator(
            settings ->
                settings
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withConcurrentReconciliationThreads(THREADS)
                    .withExecutorService(reconciliations)
                    .withConcurrentWorkflowExecutorThreads(1)
                    .withReconciliationTerminationTimeout(TERMINATION)
                    .checkingCRDAndValidateLocalModel(false));
    ReconcilerHost host = new ReconcilerHost(operator, reconciliations, registrations);
    try {
      registrations.forEach(it -> register(operator, it));
      operator.start();
      host.keepTheSchedulersThread();
      return host;
    } catch (RuntimeException e) {
      host.close();
      throw e;
    }
  }

  /**
   * Ends the reconciliations first: the SDK's own stop empties the caches of those that run, which
   * would take what they see for the truth, e.g. that a Service has no pods any more.
   */
  @Override
  public void close() {
    endReconciliations();
    operator.stop();
    // The SDK leaves this one running after stop(), and its thread would outlive the server.
    scheduler().shutdownNow();
    resources.forEach(ReconcilerHost::end);
  }

  /**
   * The SDK's own has no core thread: with a task that is due later, one wakes a hundred times a
   * second to look for it, which costs more than all heartbeats of a large cluster.
   */
  private void keepTheSchedulersThread() {
    if (scheduler() instanceof ScheduledThreadPoolExecutor pool) {
      pool.setCorePoolSize(1);
    }
  }

  private ScheduledExecutorService scheduler() {
    return operator
        .getConfigurationService()
        .getExecutorServiceManager()
        .scheduledExecutorService();
  }

  private void endReconciliations() {
    reconciliations.getQueue().clear();
    reconciliations.shutdown();
    try {
      for (ReconcilerResources held : resources) {
        settle(held);
      }
      if (!reconciliations.awaitTermination(TERMINATION.toMillis(), TimeUnit.MILLISECONDS)) {
        reconciliations.shutdownNow();
        reconciliations.awaitTermination(INTERRUPTION.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      reconciliations.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private static void settle(ReconcilerResources held) throws InterruptedException {
    try {
      held.settle();
    } catch (RuntimeException e) {
      LOG.warn("What reconcilers hold could not be waited for: {}", held, e);
    }
  }

  /** Code of an add-on: its failure must not keep the rest from its end. */
  private static void end(ReconcilerResources held) {
    try {
      held.close();
    } catch (RuntimeException e) {
      LOG.warn("What reconcilers hold could not be closed: {}", held, e);
    }
  }

  /** Of the SDK's own pool, every thread that was needed once would stay. */
  private static ThreadPoolExecutor threads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            LONGEST_IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            new ThreadFactoryBuilder().setNameFormat("plinth-reconciler-%d").build(),
            // What an event asks for after the end of them all is nobody's business.
            new ThreadPoolExecutor.DiscardPolicy());
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  private static <P extends HasMetadata> void register(
      Operator operator, ReconcilerRegistration<P> registration) {
    operator.register(registration.reconciler(), registration.settings());
  }
}
