package dev.plinth.addons.servicelb;

import dev.plinth.addon.AddonContext;
import dev.plinth.addon.ReconcilerRegistration;
import dev.plinth.config.ServerConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.nio.file.Path;
import java.time.Duration;

/** The add-on at work, as in a server that leads. */
final class RunningAddon implements AutoCloseable {

  private final Operator operator;

  private RunningAddon(Operator operator) {
    this.operator = operator;
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
    Operator operator =
        new Operator(
            settings ->
                settings
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withReconciliationTerminationTimeout(Duration.ofSeconds(1))
                    .checkingCRDAndValidateLocalModel(false));
    RunningAddon running = new RunningAddon(operator);
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

  @Override
  public void close() {
    operator.stop();
    operator
        .getConfigurationService()
        .getExecutorServiceManager()
        .scheduledExecutorService()
        .shutdownNow();
  }
}
