package dev.plinth.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.FakeApiServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ArrivalsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String DEFINITIONS =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  private static final String SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices";
  private static final String NAMESPACES = "/api/v1/namespaces";
  private static final String NONE = "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}";
  private static final Awaited METRICS = new Awaited.Kind("metrics.k8s.io/v1beta1", "NodeMetrics");

  private final FakeApiServer server = new FakeApiServer();
  private final KubernetesClient client = server.client();
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final ClusterApi api = new ClusterApi(client, "plinth");
  private final List<String> woken = new CopyOnWriteArrayList<>();
  private final Arrivals arrivals = new Arrivals(api, new Discovery(api), executor, woken::add);

  ArrivalsTest() {
    server.collection(DEFINITIONS, NONE).collection(SERVICES, NONE).collection(NAMESPACES, NONE);
  }

  @AfterEach
  void close() {
    arrivals.close();
    executor.shutdownNow();
    client.close();
    server.close();
  }

  @Test
  void nothing_is_watched_while_nobody_waits() {
    arrivals.await("set", Set.of());

    assertThat(server.openedWatches(DEFINITIONS)).isZero();
  }

  @Test
  void a_kind_of_an_aggregated_api_is_told_once_it_is_served() {
    arrivals.await("set", Set.of(METRICS));
    awaitWatch(SERVICES);
    server.event(SERVICES, "ADDED", metadata("v1.apps"));
    server.event(SERVICES, "ADDED", metadata("v1beta1.metrics.k8s.io"));
    await().atMost(PATIENCE).until(() -> server.requests().size() >= 3);
    assertThat(woken).isEmpty();
    assertThat(server.requests()).allMatch(it -> it.path().equals("/apis/metrics.k8s.io/v1beta1"));

    server.on(
        "GET",
        "/apis/metrics.k8s.io/v1beta1",
        200,
        """
        {"resources":[{"name":"nodes","kind":"NodeMetrics","namespaced":false,"verbs":["list"]}]}
        """);

    await().atMost(PATIENCE).until(() -> woken.contains("set"));
  }

  @Test
  void whoever_waits_for_something_else_is_left_alone() {
    arrivals.await("one", Set.of(new Awaited.Namespace("a")));
    arrivals.await("other", Set.of(METRICS));
    awaitWatch(NAMESPACES);

    server.event(NAMESPACES, "ADDED", metadata("a"));

    await().atMost(PATIENCE).until(() -> !woken.isEmpty());
    assertThat(woken).containsExactly("one");
  }

  @Test
  void a_namespace_that_is_going_is_none_and_its_end_is_told() {
    arrivals.await("set", Set.of(new Awaited.Namespace("a")));
    awaitWatch(NAMESPACES);
    server.event(
        NAMESPACES,
        "MODIFIED",
        "{\"metadata\":{\"name\":\"a\",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"}}");
    server.event(NAMESPACES, "ADDED", metadata("a"));

    await().atMost(PATIENCE).until(() -> !woken.isEmpty());
    assertThat(woken).hasSize(1);
  }

  @Test
  void what_nobody_waits_for_any_more_is_watched_no_more() {
    arrivals.await("set", Set.of(new Awaited.Namespace("a")));
    awaitWatch(NAMESPACES);
    arrivals.await("set", Set.of());

    arrivals.await("set", Set.of(new Awaited.Namespace("a")));

    await().atMost(PATIENCE).until(() -> server.openedWatches(NAMESPACES) == 2);
  }

  private void awaitWatch(String path) {
    await().atMost(PATIENCE).until(() -> server.openedWatches(path) > 0);
  }

  private static String metadata(String name) {
    return "{\"kind\":\"PartialObjectMetadata\",\"metadata\":{\"name\":\"%s\"}}".formatted(name);
  }
}
