package dev.plinth.testkit.fault;

import dev.plinth.testkit.fault.Passage.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.Executor;

/** One connection of a client, and the one to the server that belongs to it. */
final class ProxiedConnection implements AutoCloseable {

  private static final int BUFFER = 16 * 1024;

  private final Socket client;
  private final Socket server;
  private final Passage passage;

  ProxiedConnection(Socket client, Socket server, Passage passage) {
    this.client = client;
    this.server = server;
    this.passage = passage;
  }

  /** Passes bytes on until one side ends. */
  void run(Executor threads) throws IOException {
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
    threads.execute(() -> pass(server, client, Direction.ANSWERS));
    pass(client, server, Direction.REQUESTS);
  }

  private void pass(Socket from, Socket to, Direction direction) {
    try (this) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        passage.await(direction);
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // One side has gone, or the network was cut: the other is told by the end of its connection.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean isClosed() {
    return client.isClosed();
  }

  @Override
  public void close() {
    for (Socket socket : new Socket[] {client, server}) {
      try {
        socket.close();
      } catch (IOException e) {
        // Its descriptor is gone all the same.
      }
    }
  }
}
