package dev.plinth.lifecycle;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.plinth.addon.ReconcilerRegistration;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs the Java Operator SDK reconcilers of one add-on, and ends all their threads. */
final class ReconcilerHost implements AutoCloseable {

  private static final Duration TERMINATION = Duration.ofSeconds(1);

  /** What an API server makes good use of; they end when there is nothing for them to do. */
  private static final int THREADS = 16;

  private static final Duration LONGEST_IDLE = Duration.ofSeconds(5);

  private final Operator operator;

  private ReconcilerHost(Operator operator) {
    this.operator = operator;
  }

  /**
   * Starts the reconcilers; returns when their caches are filled.
   *
   * @throws io.javaoperatorsdk.operator.OperatorException if they cannot be started
   */
  static ReconcilerHost start(
      KubernetesClient client, List<ReconcilerRegistration<?>> registrations) {
    Operator operator =
        new Operator(
            settings ->
                settings
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withConcurrentReconciliationThreads(THREADS)
                    .withExecutorService(threads())
                    .withConcurrentWorkflowExecutorThreads(1)
                    .withReconciliationTerminationTimeout(TERMINATION)
                    .checkingCRDAndValidateLocalModel(false));
    ReconcilerHost host = new ReconcilerHost(operator);
    try {
      registrations.forEach(it -> register(operator, it));
      operator.start();
      return host;
    } catch (RuntimeException e) {
      host.close();
      throw e;
    }
  }

  @Override
  public void close() {
    operator.stop();
    // The SDK leaves this one running after stop(), and its thread would outlive the server.
    operator
        .getConfigurationService()
        .getExecutorServiceManager()
        .scheduledExecutorService()
        .shutdownNow();
  }

  /** Of the SDK's own pool, every thread that was needed once would stay. */
  private static ExecutorService threads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            LONGEST_IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            new ThreadFactoryBuilder().setNameFormat("plinth-reconciler-%d").build());
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  private static <P extends HasMetadata> void register(
      Operator operator, ReconcilerRegistration<P> registration) {
    operator.register(registration.reconciler(), registration.settings());
  }
}
