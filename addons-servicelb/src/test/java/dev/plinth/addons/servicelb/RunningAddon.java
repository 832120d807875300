package dev.plinth.addons.servicelb;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.ReconcilerRegistration;
import dev.plinth.config.ServerConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The add-on at work, as in a server that leads. */
final class RunningAddon implements AutoCloseable {

  private static final int THREADS = 16;
  private static final Duration TERMINATION = Duration.ofSeconds(1);

  private final Operator operator;
  private final ExecutorService reconciliations;

  private RunningAddon(Operator operator, ExecutorService reconciliations) {
    this.operator = operator;
    this.reconciliations = reconciliations;
  }

  static AddonContext context(KubernetesClient client, String namespace) {
    return new AddonContext(
        ServerConfig.builder()
            .dataDir(Path.of("unused"))
            .nodeName("server")
            .option(ServiceLbSettings.NAMESPACE, namespace)
            .build(),
        client,
        "plinth-servicelb");
  }

  static RunningAddon start(KubernetesClient client) {
    return start(client, "kube-system");
  }

  static RunningAddon start(KubernetesClient client, String namespace) {
    AddonContext context = context(client, namespace);
    ServiceLbAddon addon = new ServiceLbAddon();
    addon.prepare(context);
    ExecutorService reconciliations =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new ThreadPoolExecutor.DiscardPolicy());
    Operator operator =
        new Operator(
            settings ->
                settings
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withExecutorService(reconciliations)
                    .withReconciliationTerminationTimeout(TERMINATION)
                    .checkingCRDAndValidateLocalModel(false));
    RunningAddon running = new RunningAddon(operator, reconciliations);
    try {
      addon.reconcilers(context).forEach(it -> register(operator, it));
      operator.start();
    } catch (RuntimeException e) {
      running.close();
      throw e;
    }
    return running;
  }

  private static <P extends HasMetadata> void register(
      Operator operator, ReconcilerRegistration<P> registration) {
    operator.register(registration.reconciler(), registration.settings());
  }

  /** As a server does: first the reconciliations, since the SDK's stop empties their caches. */
  @Override
  public void close() {
    reconciliations.shutdown();
    if (!Uninterruptibles.awaitTerminationUninterruptibly(reconciliations, TERMINATION)) {
      reconciliations.shutdownNow();
      Uninterruptibles.awaitTerminationUninterruptibly(reconciliations, TERMINATION);
    }
    operator.stop();
    operator
        .getConfigurationService()
        .getExecutorServiceManager()
        .scheduledExecutorService()
        .shutdownNow();
  }
}
