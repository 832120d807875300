package dev.plinth.addons.servicelb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * Both ends of a connection, each to be run in a network namespace: {@code serve PORT...} answers
 * to everybody with the port asked, {@code ask PROTOCOL SOURCE DESTINATION PORT ...} prints a line
 * for each question, the answer or {@code none}.
 */
final class Echo {

  private static final int PATIENCE_MILLIS = 1_500;

  private Echo() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("serve")) {
      List<Thread> servers = new ArrayList<>();
      for (int i = 1; i < arguments.length; i++) {
        int port = Integer.parseInt(arguments[i]);
        ServerSocket tcp = new ServerSocket(port);
        servers.add(new Thread(() -> serve(tcp)));
        // One for each address, so that each answers as the one it was asked as.
        for (InetAddress address : addresses()) {
          DatagramSocket udp = new DatagramSocket(port, address);
          servers.add(new Thread(() -> serve(udp)));
        }
      }
      servers.forEach(Thread::start);
      System.out.println("serving");
      return;
    }
    for (int i = 1; i < arguments.length; i += 4) {
      InetAddress source = InetAddress.getByName(arguments[i + 1]);
      InetSocketAddress destination =
          new InetSocketAddress(arguments[i + 2], Integer.parseInt(arguments[i + 3]));
      System.out.println(
          arguments[i].equals("TCP") ? askTcp(source, destination) : askUdp(source, destination));
    }
  }

  private static List<InetAddress> addresses() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(it -> it.inetAddresses())
        .filter(it -> !it.isLinkLocalAddress())
        .toList();
  }

  private static String askTcp(InetAddress source, InetSocketAddress destination)
      throws IOException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(source, 0));
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(destination, PATIENCE_MILLIS);
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    } catch (SocketTimeoutException e) {
      return "none";
    }
  }

  private static String askUdp(InetAddress source, InetSocketAddress destination)
      throws IOException {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(source, 0))) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.send(new DatagramPacket(new byte[1], 1, destination));
      DatagramPacket answer = new DatagramPacket(new byte[100], 100);
      socket.receive(answer);
      return new String(answer.getData(), 0, answer.getLength(), UTF_8);
    } catch (SocketTimeoutException e) {
      return "none";
    }
  }

  private static void serve(ServerSocket server) {
    try {
      while (true) {
        try (Socket socket = server.accept()) {
          socket.getOutputStream().write(answer("TCP", server.getLocalPort()));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void serve(DatagramSocket server) {
    try {
      while (true) {
        DatagramPacket question = new DatagramPacket(new byte[1], 1);
        server.receive(question);
        byte[] answer = answer("UDP", server.getLocalPort());
        server.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] answer(String protocol, int port) {
    return (protocol + " " + port).getBytes(UTF_8);
  }
}
