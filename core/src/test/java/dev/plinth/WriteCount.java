package dev.plinth;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Counts a client's writes of one kind of object, and does something at one of them. */
final class WriteCount implements Interceptor {

  private static final Set<String> WRITING_METHODS = Set.of("POST", "PUT", "PATCH", "DELETE");

  private final Predicate<String> paths;
  private int sent;
  private int answered;
  private int atAnswer = -1;
  private Runnable action = () -> {};

  /**
   * @param part of the paths of the requests that count, e.g. {@code /configmaps/}
   */
  WriteCount(String part) {
    this.paths = path -> path.contains(part);
  }

  /** Begins to count anew, and does this once when so many are answered, on the client's thread. */
  synchronized void atAnswer(int number, Runnable step) {
    sent = 0;
    answered = 0;
    atAnswer = number;
    action = step;
  }

  /** How many were sent since the counting began. */
  synchronized int sent() {
    return sent;
  }

  @Override
  public synchronized void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (counts(request)) {
      sent++;
    }
  }

  @Override
  public void after(
      HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> body) {
    if (counts(request) && isDue()) {
      action.run();
    }
  }

  private synchronized boolean isDue() {
    answered++;
    return answered == atAnswer;
  }

  private boolean counts(HttpRequest request) {
    URI uri = request.uri();
    return WRITING_METHODS.contains(request.method())
        && paths.test(uri.getPath())
        && !(uri.getQuery() != null && uri.getQuery().contains("dryRun="));
  }
}
