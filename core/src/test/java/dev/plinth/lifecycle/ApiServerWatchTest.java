package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.plinth.FakeApiServer;
import dev.plinth.FakeClock;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.report.PlinthListener;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ApiServerWatchTest {

  private static final String NONE = "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[]}";

  private final FakeApiServer server = new FakeApiServer();
  private final KubernetesClient client = server.client();
  private final FakeClock clock = new FakeClock();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final StatusBoard board =
      new StatusBoard(
          "test-listener",
          new PlinthListener() {
            @Override
            public void onWarning(String warning) {
              told.add(warning);
            }
          },
          clock);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ApiServerWatch watch =
      new ApiServerWatch(
          new ClusterApi(client, "plinth"), board, clock, ended::countDown, this::renew);

  private final AtomicInteger renewals = new AtomicInteger();
  private boolean refusing;

  private void renew() {
    if (refusing) {
      throw new KubernetesClientException("away again");
    }
    renewals.incrementAndGet();
  }

  @AfterEach
  void close() {
    watch.close();
    board.close();
    client.close();
    server.close();
  }

  @Test
  void a_server_that_answers_is_watched_by_one_watch_and_asked_if_that_does_not_end()
      throws Exception {
    server.collection(ServerParts.ADDONS, NONE);

    assertThat(watch.run()).hasValue(ApiServerWatch.BEFORE_QUESTION);
    server.on("GET", ServerParts.ADDONS, 503, "{}").on("GET", "/readyz", 200, "ok");
    assertThat(watch.run()).hasValue(ApiServerWatch.BEFORE_QUESTION);

    assertThat(board.report().warnings()).isEmpty();
  }

  @Test
  void a_server_whose_watch_is_open_but_that_is_not_ready_is_away() throws Exception {
    server.collection(ServerParts.ADDONS, NONE).on("GET", "/readyz", 500, "etcd failed");
    watch.run();

    assertThat(watch.run()).isPresent();
    assertThat(board.report().warnings()).singleElement().asString().contains("not ready");

    server.on("GET", "/readyz", 200, "ok");
    assertThat(watch.run()).hasValue(ApiServerWatch.BEFORE_QUESTION);
    assertThat(board.report().warnings()).isEmpty();
  }

  @Test
  void a_server_that_accepts_a_question_and_never_answers_is_away() throws Exception {
    CountDownLatch test = new CountDownLatch(1);
    server
        .collection(ServerParts.ADDONS, NONE)
        .on("GET", "/readyz", (exchange, request) -> Uninterruptibles.awaitUninterruptibly(test));
    Config impatient = new ConfigBuilder(client.getConfiguration()).withRequestTimeout(300).build();
    try (KubernetesClient other = new KubernetesClientBuilder().withConfig(impatient).build();
        ApiServerWatch watching =
            new ApiServerWatch(
                new ClusterApi(other, "plinth"), board, clock, ended::countDown, this::renew)) {
      watching.run();

      assertThat(watching.run()).isPresent();
    } finally {
      test.countDown();
    }

    assertThat(board.report().warnings()).singleElement().asString().contains("answers none");
  }

  @Test
  void a_loss_is_told_once_and_taken_back_when_the_server_answers() throws Exception {
    server.on("GET", ServerParts.ADDONS, 503, "{}");

    assertThat(watch.run()).isPresent();
    clock.advance(Duration.ofSeconds(7));
    assertThat(watch.run()).isPresent();

    assertThat(board.report().warnings())
        .singleElement()
        .asString()
        .contains("has not answered since 2026-01-02T03:04:05Z", "HTTP 503");
    server.on("GET", ServerParts.ADDONS, 401, "{}");
    assertThat(watch.run()).isPresent();
    assertThat(board.report().warnings())
        .as("with the latest cause")
        .singleElement()
        .asString()
        .contains("has not answered since 2026-01-02T03:04:05Z", "credentials");
    server.collection(ServerParts.ADDONS, NONE);
    assertThat(watch.run()).hasValue(ApiServerWatch.BEFORE_QUESTION);
    assertThat(board.report().warnings()).isEmpty();
    await().untilAsserted(() -> assertThat(told).hasSize(1));
    assertThat(renewals).hasValue(1);
  }

  @Test
  void a_loss_is_not_over_before_all_watches_are_renewed() throws Exception {
    server.on("GET", ServerParts.ADDONS, 503, "{}");
    watch.run();
    server.collection(ServerParts.ADDONS, NONE);
    refusing = true;

    assertThat(watch.run()).isPresent();
    assertThat(board.report().warnings()).hasSize(1);

    refusing = false;
    assertThat(watch.run()).hasValue(ApiServerWatch.BEFORE_QUESTION);
    assertThat(board.report().warnings()).isEmpty();
    assertThat(renewals).hasValue(1);
  }

  @Test
  void credentials_that_are_not_accepted_any_more_are_a_loss() throws Exception {
    server.on("GET", ServerParts.ADDONS, 401, "{}");

    watch.run();

    assertThat(board.report().warnings()).singleElement().asString().contains("credentials");
  }

  @Test
  void a_refusal_of_the_watch_alone_is_no_loss() throws Exception {
    server.on("GET", ServerParts.ADDONS, 403, "{}");

    assertThat(watch.run()).isPresent();

    assertThat(board.report().warnings()).isEmpty();
  }

  @Test
  void the_end_of_the_watch_makes_for_a_look() throws Exception {
    server.collection(ServerParts.ADDONS, NONE);
    watch.run();

    server.close();

    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(watch.run()).isPresent();
    assertThat(board.report().warnings()).singleElement().asString().contains("Connect");
  }
}
