package dev.plinth.addons.coredns;

import dev.plinth.addon.ReconcilerRegistration;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.util.List;

/** Runs an add-on's reconcilers as a server does while it leads. */
final class ReconcilerHost implements AutoCloseable {

  private final Operator operator;

  ReconcilerHost(KubernetesClient client, List<ReconcilerRegistration<?>> registrations) {
    operator =
        new Operator(
            settings -> settings.withKubernetesClient(client).withCloseClientOnStop(false));
    registrations.forEach(this::register);
    operator.start();
  }

  private <P extends HasMetadata> void register(ReconcilerRegistration<P> registration) {
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
