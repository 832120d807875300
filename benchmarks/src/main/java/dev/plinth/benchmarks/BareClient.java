package dev.plinth.benchmarks;

import com.google.common.base.Stopwatch;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The JDK's HTTP client with HTTP/2 and nothing around it: what the API server and this language
 * can do at best. It reads the answers and does nothing with them.
 */
final class BareClient implements AutoCloseable {

  private static final int AT_ONCE = 16;
  private static final int PATIENCE_SECONDS = 30;

  private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
  private final HttpClient client;
  private final String authorization;

  BareClient(Config config) throws GeneralSecurityException, IOException {
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .sslContext(SSLUtils.sslContext(config))
            .build();
    authorization = "Bearer " + config.getOauthToken();
  }

  /** Sends requests in this order, 16 at a time, and tells how long it took. */
  Duration send(List<RecordedRequest> requests) throws Exception {
    Queue<RecordedRequest> queue = new ConcurrentLinkedQueue<>(requests);
    Stopwatch watch = Stopwatch.createStarted();
    List<Future<?>> senders = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      senders.add(threads.submit(() -> sendAll(queue)));
    }
    for (Future<?> sender : senders) {
      sender.get();
    }
    return watch.elapsed();
  }

  /**
   * Begins watches and reads what comes, without looking at it.
   *
   * @return to be closed when they shall end
   */
  AutoCloseable watch(List<RecordedRequest> watches) throws Exception {
    List<Future<?>> begun = new ArrayList<>();
    for (RecordedRequest watch : watches) {
      CompletableFuture<Integer> status = new CompletableFuture<>();
      begun.add(
          client.sendAsync(
              authorized(watch.fromNow()).build(),
              answer -> {
                status.complete(answer.statusCode());
                return BodySubscribers.discarding();
              }));
      int code = status.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      BenchmarkFailedException.unless(code == 200, "watch %s: %d", watch.uri(), code);
    }
    return () -> begun.forEach(it -> it.cancel(true));
  }

  private Void sendAll(Queue<RecordedRequest> queue) throws IOException, InterruptedException {
    for (RecordedRequest next = queue.poll(); next != null; next = queue.poll()) {
      send(next);
    }
    return null;
  }

  void send(RecordedRequest recorded) throws IOException, InterruptedException {
    HttpRequest.Builder request = authorized(recorded);
    recorded.contentType().ifPresent(it -> request.header("Content-Type", it));
    HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
    boolean expected = response.statusCode() < 300 || response.statusCode() == 404;
    BenchmarkFailedException.unless(
        expected, "%s %s: %s", recorded.method(), recorded.uri(), response.body());
  }

  private HttpRequest.Builder authorized(RecordedRequest recorded) {
    return HttpRequest.newBuilder(recorded.uri())
        .header("Authorization", authorization)
        .method(
            recorded.method(),
            recorded.body().map(BodyPublishers::ofString).orElse(BodyPublishers.noBody()));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
