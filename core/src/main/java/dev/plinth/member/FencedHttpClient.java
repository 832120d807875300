package dev.plinth.member;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.http.Interceptor.RequestTags;
import io.fabric8.kubernetes.client.http.WebSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * The transport of a {@link FencedClient}: the host's, which stays open. The fence is asked before
 * every attempt at a request, for between the first and the last of them many seconds may pass.
 */
final class FencedHttpClient implements HttpClient, RequestTags {

  private static final String INTERCEPTOR = "plinth-fence";
  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
  private static final Set<String> REVIEWS =
      Set.of("/apis/authorization.k8s.io/", "/apis/authentication.k8s.io/");

  private final HttpClient host;
  private final Fence fence;
  private final AtomicBoolean closed;

  FencedHttpClient(HttpClient host, Fence fence) {
    this(host, fence, new AtomicBoolean());
  }

  private FencedHttpClient(HttpClient host, Fence fence, AtomicBoolean closed) {
    this.host = host;
    this.fence = fence;
    this.closed = closed;
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, Class<T> type) {
    return isWrite(request)
        ? guarded(it -> it.sendAsync(request, type))
        : host.sendAsync(request, type);
  }

  @Override
  public CompletableFuture<HttpResponse<AsyncBody>> consumeBytes(
      HttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    return isWrite(request)
        ? guarded(it -> it.consumeBytes(request, consumer))
        : host.consumeBytes(request, consumer);
  }

  @Override
  public DerivedClientBuilder newBuilder() {
    return new FencedBuilder(host.newBuilder());
  }

  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    return host.newWebSocketBuilder();
  }

  @Override
  public HttpRequest.Builder newHttpRequestBuilder() {
    return host.newHttpRequestBuilder();
  }

  @Override
  public <T> T getTag(Class<T> type) {
    return host instanceof RequestTags tags ? tags.getTag(type) : null;
  }

  @Override
  public boolean isClosed() {
    return closed.get() || host.isClosed();
  }

  @Override
  public void close() {
    closed.set(true);
  }

  private static boolean isWrite(HttpRequest request) {
    URI uri = request.uri();
    String query = uri.getRawQuery();
    return !READS.contains(request.method())
        && REVIEWS.stream().noneMatch(uri.getPath()::contains)
        && (query == null || !List.of(query.split("&")).contains("dryRun=All"));
  }

  /**
   * Sends by a client of its own: the host's loses what an interceptor throws at a later attempt,
   * and whoever waits would wait for ever.
   */
  private <T> CompletableFuture<T> guarded(Function<HttpClient, CompletableFuture<T>> request) {
    CompletableFuture<T> result = new CompletableFuture<>();
    CompletableFuture<T> sent;
    try {
      sent =
          request.apply(
              host.newBuilder().addOrReplaceInterceptor(INTERCEPTOR, new Guard(result)).build());
    } catch (NotPermittedException e) {
      return CompletableFuture.failedFuture(e);
    }
    sent.whenComplete(
        (answer, error) -> {
          if (error == null) {
            result.complete(answer);
          } else {
            result.completeExceptionally(error);
          }
        });
    result.whenComplete(
        (answer, error) -> {
          if (result.isCancelled()) {
            sent.cancel(true);
          }
        });
    return result;
  }

  private void check() {
    if (closed.get()) {
      throw new NotPermittedException();
    }
    fence.check();
  }

  /** Asks the fence before each attempt at one request. */
  private final class Guard implements Interceptor {

    private final CompletableFuture<?> result;

    Guard(CompletableFuture<?> result) {
      this.result = result;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      try {
        check();
      } catch (NotPermittedException e) {
        result.completeExceptionally(e);
        throw e;
      }
    }
  }

  /** What is derived from a fenced client is fenced. */
  private final class FencedBuilder implements DerivedClientBuilder {

    private DerivedClientBuilder builder;

    FencedBuilder(DerivedClientBuilder builder) {
      this.builder = builder;
    }

    @Override
    public HttpClient build() {
      return new FencedHttpClient(builder.build(), fence, closed);
    }

    @Override
    public DerivedClientBuilder addOrReplaceInterceptor(String name, Interceptor interceptor) {
      builder = builder.addOrReplaceInterceptor(name, interceptor);
      return this;
    }

    @Override
    public DerivedClientBuilder authenticatorNone() {
      builder = builder.authenticatorNone();
      return this;
    }

    @Override
    public DerivedClientBuilder tag(Object value) {
      builder = builder.tag(value);
      return this;
    }
  }
}
