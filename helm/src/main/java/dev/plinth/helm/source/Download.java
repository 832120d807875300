package dev.plinth.helm.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Requests to one source. Redirects are followed; credentials stay with the server they are for.
 */
final class Download {
  static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration WHOLE = Duration.ofMinutes(2);
  private static final int REDIRECTS = 5;

  private final SourceAccess access;
  private HttpClient identified;
  private HttpClient anonymous;

  Download(SourceAccess access) {
    this.access = access;
  }

  /**
   * A request.
   *
   * @param headers without credentials
   * @param authorization the header's value, for the server of the URL alone
   * @param trusted whether the server may see the client certificate
   * @param most bytes that are expected at most
   */
  record Get(
      URI url,
      Map<String, String> headers,
      Optional<String> authorization,
      boolean trusted,
      int most) {

    @Override
    public String toString() {
      return Urls.plain(url);
    }
  }

  /** An answer, whatever its status. */
  record Answer(URI url, int status, HttpHeaders headers, byte[] body) {
    @Override
    public String toString() {
      return status + " from " + Urls.plain(url);
    }
  }

  Answer send(Get get) throws ChartSourceException, InterruptedException {
    Get next = get;
    for (int i = 0; i <= REDIRECTS; i++) {
      Answer answer = sendOnce(next);
      Optional<String> location = answer.headers().firstValue("Location");
      if (answer.status() / 100 != 3 || answer.status() == 304 || location.isEmpty()) {
        return answer;
      }
      next = redirect(next, location.get());
    }
    throw new ChartSourceException("%s redirects more than %d times".formatted(get, REDIRECTS));
  }

  private Get redirect(Get from, String location) throws ChartSourceException {
    URI to;
    try {
      to = from.url().resolve(location);
    } catch (IllegalArgumentException e) {
      throw new ChartSourceException("%s redirects to what is no URL".formatted(from));
    }
    if (to.getHost() == null || !to.getScheme().matches("https?")) {
      throw new ChartSourceException(
          "%s redirects to %s; expected an https address".formatted(from, Urls.plain(to)));
    }
    if (from.url().getScheme().equals("https") && to.getScheme().equals("http")) {
      throw new ChartSourceException(
          "%s redirects from https to %s, which is not encrypted".formatted(from, Urls.plain(to)));
    }
    boolean same = Urls.isSameServer(from.url(), to) || access.passCredentials();
    return new Get(
        to,
        from.headers(),
        same ? from.authorization() : Optional.empty(),
        same && from.trusted(),
        from.most());
  }

  private Answer sendOnce(Get get) throws ChartSourceException, InterruptedException {
    HttpRequest.Builder request;
    try {
      request = HttpRequest.newBuilder(withoutUser(get.url())).timeout(WHOLE);
    } catch (IllegalArgumentException e) {
      throw new ChartSourceException("%s is no address: %s".formatted(get, e.getMessage()), e);
    }
    get.headers().forEach(request::setHeader);
    request.setHeader("User-Agent", "plinth");
    get.authorization()
        .or(() -> userOf(get.url()))
        .ifPresent(value -> request.setHeader("Authorization", value));
    CompletableFuture<HttpResponse<byte[]>> future =
        client(get.trusted()).sendAsync(request.build(), info -> new LimitedBody(get.most()));
    try {
      HttpResponse<byte[]> response = future.get(WHOLE.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(get.url(), response.statusCode(), response.headers(), response.body());
    } catch (TimeoutException e) {
      throw ChartSourceException.unreachable(
          "%s did not answer within %d s".formatted(get, WHOLE.toSeconds()), e);
    } catch (ExecutionException e) {
      throw failure(get, e.getCause());
    } finally {
      future.cancel(true);
    }
  }

  private static ChartSourceException failure(Get get, Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null && !(root instanceof TooLargeException)) {
      root = root.getCause();
    }
    if (root instanceof TooLargeException) {
      return new ChartSourceException(
          "%s answers with more than %d MiB".formatted(get, get.most() >> 20), cause);
    }
    if (cause instanceof SSLException) {
      return new ChartSourceException(
          "%s: no trusted connection: %s".formatted(get, root.getMessage()), cause);
    }
    String why =
        cause instanceof HttpTimeoutException
            ? "no connection within " + CONNECT.toSeconds() + " s"
            : cause instanceof ConnectException && cause.getMessage() == null
                ? root instanceof java.nio.channels.UnresolvedAddressException
                    ? "unknown host"
                    : "connection refused"
                : String.valueOf(root.getMessage());
    return ChartSourceException.unreachable("%s can not be reached: %s".formatted(get, why), cause);
  }

  private static URI withoutUser(URI url) {
    return url.getRawUserInfo() == null
        ? url
        : URI.create(url.toString().replaceFirst("//[^/?#]*@", "//"));
  }

  private static Optional<String> userOf(URI url) {
    return Optional.ofNullable(url.getUserInfo())
        .map(user -> user.split(":", 2))
        .map(parts -> Authorization.basic(parts[0], parts.length > 1 ? parts[1] : ""));
  }

  private HttpClient client(boolean trusted) throws ChartSourceException {
    if (trusted) {
      identified = identified == null ? newClient(true) : identified;
      return identified;
    }
    anonymous = anonymous == null ? newClient(false) : anonymous;
    return anonymous;
  }

  private HttpClient newClient(boolean trusted) throws ChartSourceException {
    return HttpClient.newBuilder()
        .connectTimeout(CONNECT)
        .followRedirects(HttpClient.Redirect.NEVER)
        .sslContext(TlsContext.of(access, trusted))
        .build();
  }

  /** An answer that is larger than expected. */
  private static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** Collects an answer's bytes up to a limit. */
  private static final class LimitedBody implements BodySubscriber<byte[]> {
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int most;
    private Flow.Subscription subscription;

    LimitedBody(int most) {
      this.most = most;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return result;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        if (bytes.size() + buffer.remaining() > most) {
          subscription.cancel();
          result.completeExceptionally(new TooLargeException());
          return;
        }
        byte[] part = new byte[buffer.remaining()];
        buffer.get(part);
        bytes.writeBytes(part);
      }
    }

    @Override
    public void onError(Throwable problem) {
      result.completeExceptionally(problem);
    }

    @Override
    public void onComplete() {
      result.complete(bytes.toByteArray());
    }
  }
}
