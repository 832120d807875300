package dev.plinth.lifecycle;

import dev.plinth.addon.ReconcilerRegistration;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.time.Duration;
import java.util.List;

/** Runs the Java Operator SDK reconcilers of one add-on, and ends all their threads. */
final class ReconcilerHost implements AutoCloseable {

  private static final Duration TERMINATION = Duration.ofSeconds(1);
  private static final int THREADS = 4;

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

  private static <P extends HasMetadata> void register(
      Operator operator, ReconcilerRegistration<P> registration) {
    operator.register(registration.reconciler(), registration.settings());
  }
}
