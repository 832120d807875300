package dev.plinth.benchmarks;

import com.google.common.base.Stopwatch;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Keeps what a client sends, in order, and when. */
final class Recorder implements Interceptor {

  private final Stopwatch watch = Stopwatch.createStarted();
  private final Queue<RecordedRequest> requests = new ConcurrentLinkedQueue<>();

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    requests.add(
        new RecordedRequest(
            request.method(),
            request.uri(),
            contentType(request),
            Optional.ofNullable(request.bodyString()),
            watch.elapsed()));
  }

  /** What was sent so far, but for watches and Leases. */
  List<RecordedRequest> answeredAtOnce() {
    return requests.stream().filter(it -> !it.isWatch() && !it.isOfLeases()).toList();
  }

  /** The watches that were begun so far, but for that of Leases. */
  List<RecordedRequest> watches() {
    return requests.stream().filter(it -> it.isWatch() && !it.isOfLeases()).toList();
  }

  private static Optional<String> contentType(HttpRequest request) {
    return request instanceof StandardHttpRequest sent
        ? Optional.ofNullable(sent.getContentType())
        : Optional.empty();
  }
}
