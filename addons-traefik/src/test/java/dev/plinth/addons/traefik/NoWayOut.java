package dev.plinth.addons.traefik;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;

/** Lets nobody in this JVM reach the official repository, whatever network the machine has. */
final class NoWayOut extends ProxySelector implements AutoCloseable {

  private static final String REPOSITORY = TraefikAddon.officialChart().repository().getHost();

  private final ProxySelector usual = ProxySelector.getDefault();
  private final InetSocketAddress nobody;

  private NoWayOut(InetSocketAddress nobody) {
    this.nobody = nobody;
  }

  static NoWayOut begin() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      NoWayOut selector = new NoWayOut(new InetSocketAddress("127.0.0.1", socket.getLocalPort()));
      ProxySelector.setDefault(selector);
      return selector;
    }
  }

  @Override
  public List<Proxy> select(URI uri) {
    return REPOSITORY.equals(uri.getHost())
        ? List.of(new Proxy(Proxy.Type.HTTP, nobody))
        : usual.select(uri);
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException problem) {
    usual.connectFailed(uri, address, problem);
  }

  @Override
  public void close() {
    ProxySelector.setDefault(usual);
  }
}
