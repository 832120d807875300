package dev.plinth.testkit.fault;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The network between one client and an API server, which a test can cut, stall and restore. It
 * passes bytes on and knows nothing of TLS or HTTP, so that what arrives is what was sent. One for
 * each client whose network is to fail alone.
 *
 * <pre>{@code
 * try (ApiProxy network = ApiProxy.before(controlPlane.server())) {
 *   KubernetesClient client = clientWith(network.through(controlPlane.clientConfig()));
 *   network.cut();
 *   ...
 *   network.restore();
 * }
 * }</pre>
 *
 * <p>Thread-safe. Of its threads none is left after {@link #close()}.
 */
public final class ApiProxy implements AutoCloseable {

  private final URI target;
  private final ServerSocket listener;
  private final Passage passage = new Passage();
  private final Set<ProxiedConnection> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong threadNumbers = new AtomicLong();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "api-proxy-" + threadNumbers.incrementAndGet());
            thread.setDaemon(true);
            return thread;
          });
  private boolean cut;

  private ApiProxy(URI target, ServerSocket listener) {
    this.target = target;
    this.listener = listener;
  }

  /**
   * A network that works, to an API server with an IP address of this machine.
   *
   * @param server with a port
   * @throws UncheckedIOException if no port of 127.0.0.1 can be had
   */
  public static ApiProxy before(URI server) {
    try {
      ServerSocket listener = new ServerSocket();
      listener.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
      ApiProxy proxy = new ApiProxy(server, listener);
      proxy.threads.execute(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("no port to listen to", e);
    }
  }

  /** Where a client finds the API server through here. */
  public URI server() {
    return URI.create("%s://127.0.0.1:%d".formatted(target.getScheme(), listener.getLocalPort()));
  }

  /** The settings of a client, through here. */
  public Config through(Config direct) {
    return new ConfigBuilder(direct).withMasterUrl(server().toString()).build();
  }

  /**
   * A kubeconfig file through here.
   *
   * @param direct a file that names the API server by the address that this was made with
   * @param copy is written, for its owner only
   */
  public Path through(Path direct, Path copy) throws IOException {
    String text = Files.readString(direct);
    String changed = text.replace(target.toString(), server().toString());
    if (text.equals(changed)) {
      throw new IllegalArgumentException("%s does not name %s".formatted(direct, target));
    }
    Files.writeString(copy, changed);
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
    return copy;
  }

  /** Ends all connections, and lets none come about: what was held back is lost. */
  public void cut() {
    synchronized (this) {
      cut = true;
    }
    open.forEach(ProxiedConnection::close);
  }

  /**
   * From now on nothing arrives, in either direction, and nobody is told: connections stay open.
   * What is sent is held back until {@link #restore()}, and then arrives late. A request whose
   * client has lost its patience by then arrives together with its cancellation.
   */
  public void stall() {
    passage.set(false, false);
  }

  /** From now on requests arrive and are served, and their answers are held back. */
  public void stallAnswers() {
    passage.set(true, false);
  }

  /** All is well again: what was held back arrives. */
  public void restore() {
    synchronized (this) {
      cut = false;
    }
    passage.set(true, true);
  }

  /** How many connections are open. */
  public int connections() {
    return (int) open.stream().filter(it -> !it.isClosed()).count();
  }

  /** Ends all connections and threads. */
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      cut();
      threads.shutdownNow();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        threads.execute(() -> connect(client));
      } catch (IOException e) {
        // Closed, which the loop sees; or a client that has gone before it was accepted.
      }
    }
  }

  private void connect(Socket client) {
    try (client;
        Socket server = new Socket(target.getHost(), target.getPort())) {
      ProxiedConnection connection = new ProxiedConnection(client, server, passage);
      if (admit(connection)) {
        connection.run(threads);
      }
    } catch (IOException e) {
      // The API server is not there: the connection ends, and its client is told by that.
    } finally {
      open.removeIf(ProxiedConnection::isClosed);
    }
  }

  private synchronized boolean admit(ProxiedConnection connection) {
    return !cut && open.add(connection);
  }
}
