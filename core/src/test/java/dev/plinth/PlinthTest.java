package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.lifecycle.DataDirectoryInUseException;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.PlinthListener;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From the builder to the end, before an API server that only answers. */
@Timeout(60)
class PlinthTest {

  private static final String ADDONS = "/apis/k3s.cattle.io/v1/namespaces/kube-system/addons";
  private static final String DEFINITION =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/addons.k3s.cattle.io";
  private static final String NO_ADDONS = "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[]}";
  private static final Duration LONG = Duration.ofSeconds(40);
  private static final Duration A_MOMENT = Duration.ofMillis(500);

  @TempDir Path data;

  private final FakeApiServer api = new FakeApiServer();
  private final KubernetesClient client = api.client();
  private final List<String> reasons = new CopyOnWriteArrayList<>();

  @BeforeEach
  void serve() {
    api.on("GET", "/readyz", 200, "ok")
        .on("GET", "/version", 200, "{\"major\":\"1\",\"minor\":\"35\"}")
        .on("GET", "/api/v1/namespaces/kube-system", 200, "{}")
        .on("POST", "/api/v1/namespaces/kube-system/events", 201, "{}")
        .accepts(DEFINITION, "{\"conditions\":[{\"type\":\"Established\",\"status\":\"True\"}]}")
        .accepts(ADDONS + "/web", "{}")
        .collection(ADDONS, NO_ADDONS)
        .collection("/api/v1/namespaces/kube-system/configmaps", NO_ADDONS)
        .leases();
  }

  @AfterEach
  void close() {
    client.close();
    api.close();
  }

  @Test
  void an_addon_becomes_ready() throws Exception {
    try (PlinthServer server = start()) {
      AddonReport report = server.awaitReady(LONG);

      assertThat(report.ready()).as(report.toString()).isTrue();
    }
  }

  @Test
  void a_start_that_meets_a_refusal_goes_on_once_that_is_over() throws Exception {
    AtomicInteger lists = new AtomicInteger();
    api.on(
        "GET",
        ADDONS,
        (exchange, request) -> {
          if (lists.incrementAndGet() <= 2) {
            FakeApiServer.send(
                exchange,
                403,
                "application/json",
                "{\"kind\":\"Status\",\"code\":403,\"message\":\"addons are forbidden\"}");
          } else {
            FakeApiServer.send(exchange, 200, "application/json", NO_ADDONS);
          }
        });

    try (PlinthServer server = start()) {
      await().atMost(LONG).until(() -> server.status().ready());
    }
    assertThat(reasons).contains("Forbidden").endsWith("Ready");
  }

  @Test
  void wrong_credentials_are_told_at_once() throws Exception {
    api.on("GET", "/readyz", 401, "{\"kind\":\"Status\",\"code\":401,\"message\":\"who?\"}");

    try (PlinthServer server = start()) {
      AddonReport report = server.awaitReady(LONG);

      assertThat(report.addon("web").orElseThrow().state()).isEqualTo(AddonState.FAILED);
      assertThat(report.addon("web").orElseThrow().reason()).isEqualTo("Unauthorized");
    }
  }

  @Test
  void a_server_that_is_too_old_is_told() throws Exception {
    api.on("GET", "/version", 200, "{\"major\":\"1\",\"minor\":\"26\",\"gitVersion\":\"v1.26.0\"}");

    try (PlinthServer server = start()) {
      assertThat(server.awaitReady(LONG).addon("web").orElseThrow().reason())
          .isEqualTo("UnsupportedServer");
    }
    assertThat(api.requests("PATCH")).isEmpty();
  }

  @Test
  void two_servers_do_not_share_a_data_directory_and_the_next_one_may_have_it() {
    try (PlinthServer first = start()) {
      assertThat(first.status().addons()).hasSize(1);
      assertThatThrownBy(this::start).isInstanceOf(DataDirectoryInUseException.class);
    }
    start().close();
  }

  @Test
  void no_thread_is_left_after_the_end_and_ending_twice_does_nothing() throws Exception {
    PlinthServer server = start();
    server.awaitReady(LONG);
    server.close();
    server.close();

    // An executor has terminated while its last thread is still on the way out.
    await()
        .atMost(A_MOMENT)
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(it -> it.startsWith("plinth-n-of-this-test")));
    assertThat(client.getHttpClient().isClosed()).as("the host's client").isFalse();
  }

  @Test
  void closing_ends_the_wait_for_a_server_that_never_answers() {
    api.on("GET", "/readyz", 503, "no");
    PlinthServer server = start();

    server.close();

    assertThat(server.status().settled()).isFalse();
  }

  @Test
  void the_client_and_the_configuration_are_required() {
    assertThatThrownBy(() -> Plinth.builder().config(config()).start())
        .isInstanceOf(NullPointerException.class)
        .hasMessage("client");
    assertThatThrownBy(() -> Plinth.builder().client(client).start())
        .isInstanceOf(NullPointerException.class)
        .hasMessage("config");
  }

  private PlinthServer start() {
    return Plinth.builder()
        .client(client)
        .config(config())
        .addons(AddonCatalog.of(TestAddon.named("web")))
        .listener(
            new PlinthListener() {
              @Override
              public void onStatus(AddonStatus status) {
                reasons.add(status.reason());
              }
            })
        .start();
  }

  private ServerConfig config() {
    return ServerConfig.builder().nodeName("n-of-this-test").dataDir(data).build();
  }
}
