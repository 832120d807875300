package dev.plinth.helm.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;

/** A server at 127.0.0.1 that serves bytes at paths, and remembers who asked for what. */
final class TestServer implements AutoCloseable {

  /** A request: the header {@code Authorization}, and the name in the client's certificate. */
  record Seen(String path, Optional<String> authorization, Optional<String> client) {}

  /** Answers a request. */
  interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private final HttpServer server;
  private final String scheme;
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
  private volatile Optional<String> demanded = Optional.empty();

  private TestServer(HttpServer server, String scheme) {
    this.server = server;
    this.scheme = scheme;
    server.createContext("/", this::handle);
    server.start();
  }

  static TestServer http() throws IOException {
    return new TestServer(HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0), "http");
  }

  static TestServer https(SSLContext context) throws IOException {
    HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setWantClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    return new TestServer(server, "https");
  }

  URI uri(String path) {
    return URI.create(scheme + "://" + host() + path);
  }

  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  TestServer serve(String path, byte[] content) {
    handlers.put(path, exchange -> answer(exchange, 200, content));
    return this;
  }

  TestServer serve(String path, Handler handler) {
    handlers.put(path, handler);
    return this;
  }

  /** From now on, requests without this header get 401. */
  TestServer demand(String authorization) {
    demanded = Optional.of(authorization);
    return this;
  }

  List<Seen> seen() {
    return List.copyOf(seen);
  }

  private void handle(HttpExchange exchange) throws IOException {
    Optional<String> authorization =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
    seen.add(new Seen(exchange.getRequestURI().getPath(), authorization, client(exchange)));
    Handler handler = handlers.get(exchange.getRequestURI().getPath());
    if (demanded.isPresent() && !demanded.equals(authorization)) {
      answer(exchange, 401, new byte[0]);
    } else if (handler == null) {
      answer(exchange, 404, new byte[0]);
    } else {
      handler.handle(exchange);
    }
  }

  private static Optional<String> client(HttpExchange exchange) {
    try {
      return exchange instanceof HttpsExchange tls
          ? Optional.of(tls.getSSLSession().getPeerPrincipal().getName())
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  static void answer(HttpExchange exchange, int status, byte[] content) throws IOException {
    exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
    if (content.length > 0) {
      exchange.getResponseBody().write(content);
    }
    exchange.close();
  }

  static Handler redirect(URI to) {
    return exchange -> {
      exchange.getResponseHeaders().set("Location", to.toString());
      answer(exchange, 302, new byte[0]);
    };
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
