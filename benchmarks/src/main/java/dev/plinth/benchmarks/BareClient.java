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
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The JDK's HTTP client with HTTP/2 and nothing around it: what the API server and this language
 * can do at best. It reads the answers and does nothing with them.
 */
final class BareClient implements AutoCloseable {

  private static final int AT_ONCE = 16;

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

  private Void sendAll(Queue<RecordedRequest> queue) throws IOException, InterruptedException {
    for (RecordedRequest next = queue.poll(); next != null; next = queue.poll()) {
      send(next);
    }
    return null;
  }

  void send(RecordedRequest recorded) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(recorded.uri())
            .header("Authorization", authorization)
            .method(
                recorded.method(),
                recorded.body().map(BodyPublishers::ofString).orElse(BodyPublishers.noBody()));
    recorded.contentType().ifPresent(it -> request.header("Content-Type", it));
    HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
    boolean expected = response.statusCode() < 300 || response.statusCode() == 404;
    BenchmarkFailedException.unless(
        expected, "%s %s: %s", recorded.method(), recorded.uri(), response.body());
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
