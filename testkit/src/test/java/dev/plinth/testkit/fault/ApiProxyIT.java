package dev.plinth.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithControlPlane
class ApiProxyIT {

  private static final Duration IMPATIENCE = Duration.ofMillis(700);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private ControlPlane controlPlane;
  private KubernetesClient admin;
  private ApiProxy network;
  private KubernetesClient client;

  @BeforeEach
  void connect(ControlPlane started) {
    controlPlane = started;
    admin = started.client();
    admin.configMaps().inNamespace("default").withName("proxied").delete();
    network = ApiProxy.before(started.server());
    client = client(network.through(started.clientConfig()));
  }

  @AfterEach
  void disconnect() {
    client.close();
    network.close();
  }

  @Test
  void aNetworkThatIsCutAndRestoredIsOneThatNothingPassesAndThenEverything() throws Exception {
    try (Watch watch = client.configMaps().inNamespace("default").watch(nobody())) {
      assertThat(watch).isNotNull();
      assertThat(network.connections()).isPositive();

      network.cut();

      assertThat(network.connections()).isZero();
      assertThatThrownBy(this::create).isInstanceOf(KubernetesClientException.class);
      assertThat(live()).isNull();

      network.restore();

      // Whether a watch gets over it is the client's affair, and not every one does.
      create();
      assertThat(live()).isNotNull();
    }
  }

  @Test
  void whatIsSentIntoAStalledNetworkArrivesLate() throws Exception {
    client.close();
    client = client(network.through(controlPlane.clientConfig()), PATIENCE);
    create(); // so that the connection is there
    delete();
    network.stall();
    FutureTask<ConfigMap> creation = new FutureTask<>(this::create);
    new Thread(creation, "creation").start();
    await().during(Duration.ofMillis(300)).atMost(PATIENCE).until(() -> live() == null);
    assertThat(creation.isDone()).isFalse();

    network.restore();

    assertThat(creation.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    assertThat(live()).isNotNull();
  }

  @Test
  void whatWasSentIntoAStalledNetworkThatIsCutIsLost() {
    create();
    delete();
    network.stall();
    assertThatThrownBy(this::create).isInstanceOf(KubernetesClientException.class);
    assertThat(network.connections()).isPositive();

    network.cut();
    network.restore();

    assertThat(client.configMaps().inNamespace("default").list().getItems())
        .extracting(it -> it.getMetadata().getName())
        .doesNotContain("proxied");
  }

  @Test
  void requestsAreServedWhoseAnswersAreHeldBack() {
    create();
    delete();
    network.stallAnswers();

    assertThatThrownBy(this::create).isInstanceOf(KubernetesClientException.class);

    await().atMost(PATIENCE).until(() -> live() != null);
  }

  @Test
  void aKubeconfigFileLeadsThroughHereToo(@TempDir Path directory) throws Exception {
    Path copy = network.through(controlPlane.kubeconfig(), directory.resolve("kubeconfig"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
        .isEqualTo("rw-------");
    Config config = Config.fromKubeconfig(new File(copy.toString()));
    assertThat(config.getMasterUrl()).startsWith(network.server().toString());
    try (KubernetesClient other = client(config)) {
      assertThat(other.namespaces().withName("default").get()).isNotNull();
      network.cut();
      assertThatThrownBy(() -> other.namespaces().withName("default").get())
          .isInstanceOf(KubernetesClientException.class);
    }
    assertThatThrownBy(() -> network.through(copy, directory.resolve("again")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noThreadIsLeftOfOneThatIsClosed() {
    create();
    network.stall();

    network.close();

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(it -> it.getName().startsWith("api-proxy-")));
  }

  private ConfigMap create() {
    return client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("proxied")
                .withNamespace("default")
                .endMetadata()
                .build())
        .create();
  }

  private void delete() {
    client.configMaps().inNamespace("default").withName("proxied").delete();
  }

  private ConfigMap live() {
    return admin.configMaps().inNamespace("default").withName("proxied").get();
  }

  private static KubernetesClient client(Config config) {
    return client(config, IMPATIENCE);
  }

  private static KubernetesClient client(Config config, Duration requestTimeout) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(config)
                .withRequestTimeout((int) requestTimeout.toMillis())
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }

  private static Watcher<ConfigMap> nobody() {
    return new Watcher<>() {
      @Override
      public void eventReceived(Action action, ConfigMap object) {}

      @Override
      public void onClose(WatcherException cause) {}
    };
  }
}
