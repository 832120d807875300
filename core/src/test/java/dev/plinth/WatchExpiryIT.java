package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Watches that cannot go on where they ended, since etcd has been compacted meanwhile: the server
 * answers 410, and everything has to be listed anew.
 */
class WatchExpiryIT {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          builder ->
              builder
                  .without(Component.SCHEDULER, Component.CONTROLLER_MANAGER)
                  .flags(
                      Component.API_SERVER,
                      "--watch-cache=false",
                      "--etcd-compaction-interval=1s"));

  private static final String USER = "host-with-short-watches";

  @TempDir Path data;

  @Test
  @Tag("exhaustive")
  void anExpiredWatchIsFollowedByAListAndWhatHappensThenIsSeen() throws Exception {
    ControlPlane controlPlane = CONTROL_PLANE.controlPlane();
    KubernetesClient client = controlPlane.client();
    TestAddon addon =
        TestAddon.of(
            "expiring",
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: expiring, namespace: default}
            data: {key: value}
            """);
    try (KubernetesClient shortWatches = shortWatches(controlPlane);
        PlinthServer server =
            Plinth.builder()
                .client(shortWatches)
                .config(ServerConfig.builder().nodeName("n1").dataDir(data).build())
                .addons(AddonCatalog.of(addon))
                .start()) {
      assertThat(server.awaitReady(TestHost.PATIENCE).ready()).isTrue();
      Mark mark = controlPlane.mark();

      // What else is written lets etcd's revision go on, past what the watch has seen.
      await()
          .atMost(TestHost.PATIENCE)
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                client.resource(noise()).createOr(it -> it.update());
                return controlPlane
                        .requestsSince(mark)
                        .username(USER)
                        .verb("list")
                        .resource("configmaps")
                        .count()
                    > 0;
              });
      Resource<ConfigMap> map = client.configMaps().inNamespace("default").withName("expiring");
      map.edit(it -> new ConfigMapBuilder(it).withData(Map.of("key", "changed")).build());

      await().atMost(TestHost.PATIENCE).until(() -> "value".equals(map.get().getData().get("key")));
    }
  }

  /** An informer asks for watches of five minutes and more. */
  private static KubernetesClient shortWatches(ControlPlane controlPlane) {
    Interceptor shorten =
        new Interceptor() {
          @Override
          public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            String uri = request.uri().toString();
            builder.uri(URI.create(uri.replaceAll("timeoutSeconds=\\d+", "timeoutSeconds=2")));
          }
        };
    return new KubernetesClientBuilder()
        .withConfig(controlPlane.clientConfigFor(USER, "system:masters"))
        .withHttpClientBuilderConsumer(it -> it.addOrReplaceInterceptor("short-watches", shorten))
        .build();
  }

  private static ConfigMap noise() {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("noise")
        .withNamespace("default")
        .endMetadata()
        .withData(Map.of("at", String.valueOf(System.nanoTime())))
        .build();
  }
}
