package dev.plinth.cluster;

import static dev.plinth.FakeApiServer.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.FakeApiServer;
import dev.plinth.Json;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ClusterApiTest {

  private static final ResourceKind CONFIG_MAP =
      new ResourceKind("", "v1", "ConfigMap", "configmaps", true);
  private static final String PATH = "/api/v1/namespaces/a/configmaps/b";

  private final FakeApiServer server = new FakeApiServer();
  private final KubernetesClient client = server.client();
  private final ClusterApi api = new ClusterApi(client, "plinth test");

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void an_apply_carries_the_object_as_it_was_declared_and_tells_created_from_changed() {
    ObjectNode body =
        Json.object("{\"metadata\":{\"name\":\"b\",\"namespace\":\"a\"},\"data\":{}}");

    server.on("PATCH", PATH, 201, "{\"kind\":\"ConfigMap\"}");
    assertThat(api.apply(CONFIG_MAP, body, false).created()).isTrue();

    server.on("PATCH", PATH, 200, "{\"kind\":\"ConfigMap\"}");
    assertThat(api.apply(CONFIG_MAP, body, true).created()).isFalse();

    assertThat(server.requests())
        .extracting(FakeApiServer.Request::query)
        .containsExactly(
            "fieldManager=plinth+test&force=false", "fieldManager=plinth+test&force=true");
    assertThat(server.requests())
        .allSatisfy(
            it -> {
              assertThat(it.contentType()).isEqualTo("application/apply-patch+yaml");
              assertThat(Json.object(it.body())).isEqualTo(body);
            });
  }

  @Test
  void a_status_is_applied_to_the_subresource_with_force() {
    server.on("PATCH", PATH + "/status", 200, "{}");

    api.applyStatus(CONFIG_MAP, Json.object("{\"metadata\":{\"name\":\"b\",\"namespace\":\"a\"}}"));

    assertThat(server.requests().get(0).query()).endsWith("&force=true");
  }

  @Test
  void a_delete_names_the_uid_it_means_and_leaves_dependants_to_the_background() {
    server.on("DELETE", PATH, 200, "{\"kind\":\"Status\"}");

    assertThat(api.delete(CONFIG_MAP, "a", "b", "uid-1")).isTrue();

    ObjectNode options = Json.object(server.requests().get(0).body());
    assertThat(options.at("/preconditions/uid").asText()).isEqualTo("uid-1");
    assertThat(options.path("propagationPolicy").asText()).isEqualTo("Background");
  }

  @Test
  void a_server_that_asks_for_a_pause_gets_it_from_the_next_request_too() {
    server.on(
        "GET",
        "/busy",
        (exchange, request) -> {
          exchange.getResponseHeaders().add("Retry-After", "1");
          send(exchange, 429, "application/json", status(429, "TooManyRequests", "later"));
        });
    assertThatThrownBy(() -> api.get("/busy")).isInstanceOf(KubernetesClientException.class);
    long told = System.nanoTime();

    assertThat(api.get("/anything")).isEmpty();

    assertThat(Duration.ofNanos(System.nanoTime() - told)).isGreaterThan(Duration.ofMillis(900));
  }

  @Test
  void a_server_that_fails_is_asked_again_for_a_few_seconds_at_most() {
    server.on("GET", "/failing", 503, "{}");
    try (KubernetesClient retrying =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(client.getConfiguration())
                    .withRequestRetryBackoffLimit(10)
                    .build())
            .build()) {
      long start = System.nanoTime();

      assertThatThrownBy(() -> new ClusterApi(retrying, "plinth").get("/failing"))
          .isInstanceOf(KubernetesClientException.class);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(server.requests()).hasSize(5);
    }
  }

  @Test
  void deleting_what_is_gone_or_another_by_now_is_told_and_no_failure() {
    assertThat(api.delete(CONFIG_MAP, "a", "b", "uid-1")).isFalse();

    server.on("DELETE", PATH, 409, status(409, "Conflict", "the UID differs"));
    assertThat(api.delete(CONFIG_MAP, "a", "b", "uid-1")).isFalse();
  }

  @Test
  void reading_what_does_not_exist_is_empty() {
    assertThat(api.get(CONFIG_MAP, "a", "b")).isEmpty();
  }

  @Test
  void names_cannot_leave_their_place_in_the_path() {
    assertThat(CONFIG_MAP.path("a", "../x y"))
        .isEqualTo("/api/v1/namespaces/a/configmaps/..%2Fx%20y");
  }

  @Test
  void a_refusal_carries_the_servers_status() {
    server.on("PATCH", PATH, 422, status(422, "Invalid", "b is invalid"));

    KubernetesClientException refused = refusalOfApply();

    assertThat(refused).hasMessage("b is invalid");
    assertThat(refused.getCode()).isEqualTo(422);
    assertThat(refused.getStatus().getReason()).isEqualTo("Invalid");
  }

  @Test
  void a_status_without_message_is_told_by_its_code() {
    server.on("PATCH", PATH, 500, "{\"kind\":\"Status\",\"code\":500}");

    assertThat(refusalOfApply()).hasMessage("HTTP 500");
  }

  @Test
  void what_only_looks_like_a_status_is_told_by_its_code() {
    server.on("PATCH", PATH, 500, "{\"kind\":\"Status\",\"code\":[\"x\"]}");

    KubernetesClientException refused = refusalOfApply();

    assertThat(refused).hasMessage("HTTP 500");
    assertThat(refused.getCode()).isEqualTo(500);
  }

  @Test
  void a_page_of_something_in_between_is_told_by_its_code_and_never_quoted() {
    server.on(
        "PATCH",
        PATH,
        (exchange, request) -> send(exchange, 502, "text/html", "<html>token=abc</html>"));

    assertThat(refusalOfApply()).hasMessage("HTTP 502");
  }

  @Test
  void an_answer_that_is_no_object_is_a_failure_though_its_code_says_success() {
    server.on("PATCH", PATH, 200, "[]");
    assertThat(refusalOfApply().getCode()).isEqualTo(200);

    server.on("PATCH", PATH, 200, "{\"kind\":");
    assertThat(refusalOfApply().getCode()).isEqualTo(200);

    server.on("PATCH", PATH, 200, "");
    assertThat(refusalOfApply().getCode()).isEqualTo(200);
  }

  @Test
  void an_answer_that_is_cut_off_is_a_failure_without_status() {
    server.on(
        "PATCH",
        PATH,
        (exchange, request) -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
        });

    KubernetesClientException cut = refusalOfApply();

    assertThat(cut.getStatus()).isNull();
    assertThat(cut).hasMessageStartingWith("PATCH " + PATH);
  }

  @Test
  void a_server_that_is_not_there_is_a_failure_without_status() {
    server.close();

    assertThat(refusalOfApply().getStatus()).isNull();
  }

  @Test
  void plain_text_is_judged_by_its_code() {
    server.on("GET", "/readyz", (exchange, request) -> send(exchange, 200, "text/plain", "ok"));
    assertThat(api.isOk("/readyz")).isTrue();

    server.on("GET", "/readyz", (exchange, request) -> send(exchange, 503, "text/plain", "not ok"));
    assertThat(api.isOk("/readyz")).isFalse();
  }

  @Test
  void wrong_credentials_are_not_mistaken_for_a_server_that_is_not_ready() {
    server.on("GET", "/readyz", 401, status(401, "Unauthorized", "Unauthorized"));

    assertThatThrownBy(() -> api.isOk("/readyz"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, it -> assertThat(it.getCode()).isEqualTo(401));
  }

  @Test
  void an_interrupted_request_ends_at_once_and_the_flag_stays() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    server.on(
        "PATCH",
        PATH,
        (exchange, request) -> {
          arrived.countDown();
          await(never);
        });
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicBoolean flag = new AtomicBoolean();
    Thread caller =
        new Thread(
            () -> {
              thrown.set(refusalOfApply());
              flag.set(Thread.currentThread().isInterrupted());
            });
    caller.start();
    arrived.await();
    caller.interrupt();
    caller.join();
    never.countDown();

    assertThat(thrown.get()).hasCauseInstanceOf(InterruptedIOException.class);
    assertThat(flag).isTrue();
  }

  @Test
  void an_interrupted_thread_sends_nothing_any_more() {
    Thread.currentThread().interrupt();
    try {
      assertThat(refusalOfApply()).hasCauseInstanceOf(InterruptedIOException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(server.requests()).isEmpty();
  }

  private KubernetesClientException refusalOfApply() {
    return catchThrowableOfType(
        KubernetesClientException.class,
        () ->
            api.apply(
                CONFIG_MAP,
                Json.object("{\"metadata\":{\"name\":\"b\",\"namespace\":\"a\"}}"),
                false));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String status(int code, String reason, String message) {
    return """
    {"kind":"Status","apiVersion":"v1","status":"Failure","code":%d,"reason":"%s","message":"%s"}
    """
        .formatted(code, reason, message);
  }
}
