package dev.plinth;

import com.google.common.collect.ConcurrentHashMultiset;
import com.google.common.collect.Multiset;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands between a client and a real API server, and does to requests what networks, load balancers
 * and overloaded servers do. Requests that no fault concerns pass as they are.
 */
final class FaultProxy implements AutoCloseable {

  private static final Set<String> NOT_PASSED_ON =
      Set.of(
          "connection", "content-length", "host", "upgrade", "http2-settings", "transfer-encoding");

  private final Config config;
  private final HttpClient upstream;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<HttpExchange> open = ConcurrentHashMap.newKeySet();
  private final Multiset<String> seen = ConcurrentHashMultiset.create();
  private final List<Instant> times = new CopyOnWriteArrayList<>();
  private volatile Optional<Fault> fault = Optional.empty();

  /**
   * @param config of the API server behind it
   */
  FaultProxy(Config config) {
    this.config = config;
    try {
      upstream =
          HttpClient.newBuilder()
              .sslContext(SSLUtils.sslContext(config))
              .version(HttpClient.Version.HTTP_1_1)
              .executor(threads)
              .build();
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** What is done to a request instead of handing it on; what it leaves alone, it returns false. */
  @FunctionalInterface
  interface Fault {

    boolean hit(HttpExchange exchange, Upstream upstream) throws IOException, InterruptedException;

    /** The same for some requests only: those with this method and a path with this part. */
    default Fault only(String method, String part) {
      return (exchange, upstream) ->
          exchange.getRequestMethod().equals(method)
              && exchange.getRequestURI().toString().contains(part)
              && hit(exchange, upstream);
    }
  }

  /** The real server's answer to a request. */
  @FunctionalInterface
  interface Upstream {
    HttpResponse<InputStream> answer() throws IOException, InterruptedException;
  }

  /** Answers with a code, as an API server words it, and perhaps {@code Retry-After}. */
  static Fault status(int code, String reason, Optional<Duration> retryAfter) {
    return (exchange, upstream) -> {
      retryAfter.ifPresent(
          it -> exchange.getResponseHeaders().set("Retry-After", String.valueOf(it.toSeconds())));
      FakeApiServer.send(
          exchange,
          code,
          "application/json",
          """
          {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": %d, "reason": "%s",
           "message": "made by the test: %s"}
          """
              .formatted(code, reason, reason));
      return true;
    };
  }

  /** Waits before each request is handed on. */
  static Fault slow(Duration delay) {
    return (exchange, upstream) -> {
      Thread.sleep(delay.toMillis());
      return false;
    };
  }

  /** The server does what it is asked for; its answer ends in the middle. */
  static Fault cutAnswers() {
    return (exchange, upstream) -> {
      HttpResponse<InputStream> answer = upstream.answer();
      byte[] body = answer.body().readAllBytes();
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.statusCode(), Math.max(2, body.length));
      exchange.getResponseBody().write(body, 0, body.length / 2);
      exchange.getResponseBody().flush();
      exchange.close();
      return true;
    };
  }

  /** A client that reaches the API server through here, as this user. */
  KubernetesClient client(String user) {
    Config through =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
            .withImpersonateUsername(user)
            .withImpersonateGroups("system:masters")
            .withOnlyHttpWatches(true)
            .build();
    return new KubernetesClientBuilder().withConfig(through).build();
  }

  /** Begins a fault, in the place of the one before, and counts anew. */
  void begin(Fault next) {
    seen.clear();
    times.clear();
    fault = Optional.of(next);
  }

  /** Ends the fault. */
  void end() {
    fault = Optional.empty();
  }

  /** Ends what is open: watches most of all. */
  void cutConnections() {
    open.forEach(HttpExchange::close);
  }

  /** How many requests came since the fault began. */
  int requests() {
    return seen.size();
  }

  /** What came since the fault began, by method and path. */
  Multiset<String> seen() {
    return seen;
  }

  /** When requests came since the fault began. */
  List<Instant> times() {
    return times;
  }

  @Override
  public void close() {
    end();
    cutConnections();
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) {
    seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
    times.add(Instant.now());
    open.add(exchange);
    try (exchange) {
      Upstream real = () -> send(exchange);
      Optional<Fault> now = fault;
      if (now.isEmpty() || !now.get().hit(exchange, real)) {
        pass(exchange, real.answer());
      }
    } catch (IOException e) {
      // Whoever asked, or the real server, has gone: the connection ends, which is told that way.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(exchange);
    }
  }

  private HttpResponse<InputStream> send(HttpExchange exchange)
      throws IOException, InterruptedException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(config.getMasterUrl().replaceAll("/$", "") + exchange.getRequestURI()))
            .method(
                exchange.getRequestMethod(),
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    if (config.getOauthToken() != null) {
      request.setHeader("Authorization", "Bearer " + config.getOauthToken());
    }
    return upstream.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
  }

  private static void pass(HttpExchange exchange, HttpResponse<InputStream> answer)
      throws IOException {
    answer
        .headers()
        .firstValue("Content-Type")
        .ifPresent(it -> exchange.getResponseHeaders().set("Content-Type", it));
    exchange.sendResponseHeaders(answer.statusCode(), 0);
    try (InputStream in = answer.body();
        OutputStream out = exchange.getResponseBody()) {
      byte[] buffer = new byte[8192];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        out.flush();
      }
    }
  }
}
