package dev.plinth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ConcurrentHashMultiset;
import com.google.common.collect.Multiset;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers HTTP as it is told to: for what an API server says on the wire, not for what it does. A
 * path nobody prepared answers 404, as does an API server.
 */
public final class FakeApiServer implements AutoCloseable {

  private static final String END_OF_WATCHES = "";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final Map<String, BlockingQueue<String>> watches = new ConcurrentHashMap<>();
  private final Multiset<String> openedWatches = ConcurrentHashMultiset.create();
  private final AtomicLong versions = new AtomicLong(1000);
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  /** How a request is answered. */
  @FunctionalInterface
  public interface Answer {
    void to(HttpExchange exchange, Request request) throws IOException;
  }

  /** A request that came in. */
  public record Request(
      String method, String path, String query, String contentType, String body) {}

  public FakeApiServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** A client of this server that sends every request once. */
  public KubernetesClient client() {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
            .withOnlyHttpWatches(true)
            .withRequestRetryBackoffLimit(0)
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  /** From now on, this method and path are answered with this JSON. */
  public FakeApiServer on(String method, String path, int code, String json) {
    return on(method, path, (exchange, request) -> send(exchange, code, "application/json", json));
  }

  /** From now on, this method and path are answered so. */
  public FakeApiServer on(String method, String path, Answer answer) {
    answers.put(method + " " + path, answer);
    return this;
  }

  /** From now on, a collection can be listed and watched. */
  public FakeApiServer collection(String path, String list) {
    watches.put(path, new LinkedBlockingQueue<>());
    return on("GET", path, 200, list);
  }

  /**
   * From now on, this object can be applied: the answer is what was sent, with a UID and a version,
   * and with the status that was applied last.
   *
   * @param status the status until one is applied
   */
  public FakeApiServer accepts(String path, String status) {
    ObjectNode kept = Json.object("{\"metadata\":{},\"status\":%s}".formatted(status));
    on(
        "PATCH",
        path,
        (exchange, request) -> sendApplied(exchange, kept, Json.object(request.body())));
    return on(
        "PATCH",
        path + "/status",
        (exchange, request) ->
            sendApplied(exchange, kept, Json.object(request.body()).retain("status")));
  }

  /**
   * From now on, there can be Leases, of which none is there; what is written is kept by nobody.
   */
  public FakeApiServer leases() {
    String path = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
    Answer written =
        (exchange, request) ->
            sendApplied(exchange, Json.object("{}"), Json.object(request.body()));
    on("POST", path, written);
    on("PUT", path + "/plinth", written);
    return collection(path, "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[]}");
  }

  /** How many watches of a collection have been opened so far. */
  public int openedWatches(String path) {
    return openedWatches.count(path);
  }

  /** Sends an event to the watch of a collection. */
  public void event(String path, String type, String object) {
    watches
        .get(path)
        .add("{\"type\":\"%s\",\"object\":%s}%n".formatted(type, object.replace("\n", "")));
  }

  /** All requests so far. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /** The requests of that method so far. */
  public List<Request> requests(String method) {
    return requests.stream().filter(it -> it.method().equals(method)).toList();
  }

  private void sendApplied(HttpExchange exchange, ObjectNode kept, ObjectNode sent)
      throws IOException {
    String answer;
    synchronized (kept) {
      kept.setAll(sent);
      ((ObjectNode) kept.path("metadata"))
          .put("uid", "uid of " + exchange.getRequestURI().getPath().replace("/status", ""))
          .put("resourceVersion", String.valueOf(versions.incrementAndGet()));
      answer = kept.toString();
    }
    send(exchange, 200, "application/json", answer);
  }

  /** Sends an answer of any type. */
  public static void send(HttpExchange exchange, int code, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", type);
    exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    watches.values().forEach(it -> it.add(END_OF_WATCHES));
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String query = String.valueOf(exchange.getRequestURI().getQuery());
      if (query.contains("watch=true") && watches.containsKey(path)) {
        BlockingQueue<String> events = watches.get(path);
        openedWatches.add(path);
        stream(exchange, events);
        return;
      }
      Request request =
          new Request(
              exchange.getRequestMethod(),
              path,
              query,
              exchange.getRequestHeaders().getFirst("Content-Type"),
              new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      requests.add(request);
      Answer answer = answers.get(exchange.getRequestMethod() + " " + path);
      if (answer == null) {
        send(exchange, 404, "text/plain", "404 page not found");
      } else {
        answer.to(exchange, request);
      }
    }
  }

  private static void stream(HttpExchange exchange, BlockingQueue<String> events)
      throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream body = exchange.getResponseBody()) {
      body.flush();
      for (String event = events.take(); !event.equals(END_OF_WATCHES); event = events.take()) {
        body.write(event.getBytes(UTF_8));
        body.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
