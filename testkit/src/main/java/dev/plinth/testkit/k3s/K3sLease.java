package dev.plinth.testkit.k3s;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The Lease by which the servers of a K3s elect who leads: renewed until it is closed. */
public final class K3sLease implements AutoCloseable {

  private static final String NAMESPACE = "kube-system";
  private static final String NAME = "k3s";

  private final KubernetesClient client;
  private final String name;
  private final Map<String, String> labels;
  private final Duration skew;
  private final int seconds;
  private final ScheduledExecutorService renewing = Executors.newSingleThreadScheduledExecutor();

  private K3sLease(
      KubernetesClient client,
      String name,
      Map<String, String> labels,
      int seconds,
      Duration skew) {
    this.client = client;
    this.name = name;
    this.labels = labels;
    this.seconds = seconds;
    this.skew = skew;
  }

  /**
   * Writes the Lease once, as K3s leaves it when it ends without notice.
   *
   * @param seconds its duration; K3s's is 45
   * @param skew how far the clock of its holder is from ours
   */
  public static void leave(KubernetesClient client, int seconds, Duration skew) {
    try (K3sLease lease = new K3sLease(client, NAME, Map.of(), seconds, skew)) {
      lease.write();
    }
  }

  /** Writes the Lease, and renews it as often as K3s does: several times in its duration. */
  public static K3sLease renewed(KubernetesClient client, int seconds, Duration skew) {
    return renewed(client, NAME, Map.of(), seconds, skew);
  }

  /** The same for a Lease of another name, with labels. */
  public static K3sLease renewed(
      KubernetesClient client,
      String name,
      Map<String, String> labels,
      int seconds,
      Duration skew) {
    K3sLease lease = new K3sLease(client, name, labels, seconds, skew);
    lease.write();
    long pause = Duration.ofSeconds(seconds).toMillis() / 5;
    lease.renewing.scheduleAtFixedRate(lease::write, pause, pause, TimeUnit.MILLISECONDS);
    return lease;
  }

  /** Takes the Lease away, as if there had never been a K3s. */
  public static void remove(KubernetesClient client) {
    client.leases().inNamespace(NAMESPACE).withName(NAME).delete();
  }

  private void write() {
    client
        .leases()
        .inNamespace(NAMESPACE)
        .resource(
            new LeaseBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity("k3s-host")
                .withLeaseDurationSeconds(seconds)
                .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC).plus(skew))
                .endSpec()
                .build())
        .unlock()
        .createOr(it -> it.update());
  }

  /** No renewal comes any more; the Lease stays. */
  @Override
  public void close() {
    renewing.shutdownNow();
    try {
      if (!renewing.awaitTermination(5, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a renewal does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
