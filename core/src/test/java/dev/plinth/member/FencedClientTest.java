package dev.plinth.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.FakeApiServer;
import dev.plinth.Json;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.ResourceKind;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FencedClientTest {

  private static final String PATH = "/api/v1/namespaces/default/configmaps";
  private static final String MAP =
      "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\",\"namespace\":\"default\"}}";
  private static final ConfigMap CONFIG_MAP =
      new ConfigMapBuilder()
          .withNewMetadata()
          .withName("a")
          .withNamespace("default")
          .endMetadata()
          .build();

  private final FakeApiServer server = new FakeApiServer();
  private final KubernetesClient host = server.client();
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final KubernetesClient fenced = FencedClient.of(host, open::get);

  FencedClientTest() {
    server.on("GET", PATH + "/a", 200, MAP);
    server.on("POST", PATH, 201, MAP);
    server.on("PATCH", PATH + "/a", 200, MAP);
    server.on("DELETE", PATH + "/a", 200, MAP);
  }

  @AfterEach
  void close() {
    fenced.close();
    host.close();
    server.close();
  }

  @Test
  void writes_while_the_fence_is_open() {
    fenced.resource(CONFIG_MAP).create();
    fenced.resource(CONFIG_MAP).delete();

    assertThat(server.requests("POST")).hasSize(1);
    assertThat(server.requests("DELETE")).hasSize(1);
  }

  @Test
  void sends_no_write_of_any_kind_once_the_fence_is_closed() {
    open.set(false);

    assertThatThrownBy(() -> fenced.resource(CONFIG_MAP).create())
        .isInstanceOf(NotPermittedException.class);
    assertThatThrownBy(() -> fenced.resource(CONFIG_MAP).serverSideApply())
        .isInstanceOf(NotPermittedException.class);
    assertThatThrownBy(() -> fenced.resource(CONFIG_MAP).delete())
        .isInstanceOf(NotPermittedException.class);
    assertThatThrownBy(() -> fenced.raw(PATH, "POST", CONFIG_MAP))
        .isInstanceOf(NotPermittedException.class);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void reads_and_tries_out_while_the_fence_is_closed() {
    open.set(false);
    server.on("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", 201, "{}");

    assertThat(fenced.configMaps().inNamespace("default").withName("a").get()).isNotNull();
    assertThatCode(() -> fenced.resource(CONFIG_MAP).dryRun().create()).doesNotThrowAnyException();
    assertThatCode(
            () ->
                fenced
                    .authorization()
                    .v1()
                    .selfSubjectAccessReview()
                    .create(new SelfSubjectAccessReviewBuilder().build()))
        .doesNotThrowAnyException();
  }

  @Test
  void opens_again_with_the_fence() {
    open.set(false);
    assertThatThrownBy(() -> fenced.resource(CONFIG_MAP).create())
        .isInstanceOf(NotPermittedException.class);

    open.set(true);

    assertThatCode(() -> fenced.resource(CONFIG_MAP).create()).doesNotThrowAnyException();
  }

  @Test
  void does_not_try_again_what_failed_while_the_fence_closed() {
    server.on(
        "POST",
        PATH,
        (exchange, request) -> {
          open.set(false);
          FakeApiServer.send(exchange, 503, "text/plain", "busy");
        });
    Config config =
        new ConfigBuilder(host.getConfiguration())
            .withRequestRetryBackoffLimit(5)
            .withRequestRetryBackoffInterval(1)
            .build();
    try (KubernetesClient patient = new KubernetesClientBuilder().withConfig(config).build();
        KubernetesClient itsFenced = FencedClient.of(patient, open::get)) {
      assertThatThrownBy(() -> itsFenced.resource(CONFIG_MAP).create())
          .isInstanceOf(NotPermittedException.class);
    }
    assertThat(server.requests("POST")).hasSize(1);
  }

  @Test
  void what_is_derived_from_it_is_fenced() {
    ClusterApi api = new ClusterApi(fenced, "plinth");
    open.set(false);

    assertThatThrownBy(
            () ->
                api.apply(
                    new ResourceKind("", "v1", "ConfigMap", "configmaps", true),
                    Json.object(MAP),
                    true))
        .isInstanceOf(NotPermittedException.class);
    assertThatThrownBy(
            () ->
                api.withoutRetries()
                    .create(
                        new ResourceKind("", "v1", "ConfigMap", "configmaps", true),
                        "default",
                        Json.object(MAP)))
        .isInstanceOf(NotPermittedException.class);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void leaves_the_host_open_when_it_is_closed_and_writes_no_more_itself() {
    fenced.close();

    assertThat(host.configMaps().inNamespace("default").withName("a").get()).isNotNull();
    assertThatCode(() -> host.resource(CONFIG_MAP).create()).doesNotThrowAnyException();
    assertThatThrownBy(() -> fenced.resource(CONFIG_MAP).create())
        .isInstanceOf(NotPermittedException.class);
  }
}
