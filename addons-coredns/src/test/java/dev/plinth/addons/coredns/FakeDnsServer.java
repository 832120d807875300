package dev.plinth.addons.coredns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A DNS server that has one answer to everything, or none at all. */
final class FakeDnsServer implements AutoCloseable {

  static final int NO_ERROR = 0;
  static final int SERVER_FAILURE = 2;
  static final int NO_SUCH_NAME = 3;
  static final int REFUSED = 5;

  private final DatagramSocket socket;
  private final AtomicInteger questions = new AtomicInteger();

  private FakeDnsServer(InetAddress address, UnaryOperator<byte[]> answers) {
    try {
      socket = new DatagramSocket(0, address);
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(() -> serve(answers), "fake-dns");
    thread.setDaemon(true);
    thread.start();
  }

  static FakeDnsServer answering(int responseCode) {
    return answering(InetAddress.getLoopbackAddress(), responseCode);
  }

  static FakeDnsServer answering(InetAddress address, int responseCode) {
    return new FakeDnsServer(address, question -> answer(question, responseCode));
  }

  /** Answers with this address, whatever name is asked for. */
  static FakeDnsServer answering(InetAddress record) {
    return new FakeDnsServer(
        InetAddress.getLoopbackAddress(),
        question -> {
          byte[] header = answer(question, NO_ERROR);
          header[7] = 1; // one record
          return ByteBuffer.allocate(header.length + 16)
              .put(header)
              .putShort((short) 0xc00c) // the name in the question
              .putShort((short) 1) // A
              .putShort((short) 1) // IN
              .putInt(60)
              .putShort((short) 4)
              .put(record.getAddress())
              .array();
        });
  }

  static FakeDnsServer silent() {
    return new FakeDnsServer(InetAddress.getLoopbackAddress(), question -> new byte[0]);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  int questions() {
    return questions.get();
  }

  @Override
  public void close() {
    socket.close();
  }

  private void serve(UnaryOperator<byte[]> answers) {
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        socket.receive(packet);
        questions.incrementAndGet();
        byte[] answer = answers.apply(Arrays.copyOf(packet.getData(), packet.getLength()));
        if (answer.length > 0) {
          socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      }
    } catch (IOException e) {
      // Closed: what was asked meanwhile is counted.
    }
  }

  private static byte[] answer(byte[] question, int responseCode) {
    byte[] answer = question.clone();
    answer[2] |= (byte) 0b1000_0100; // a response, and authoritative
    answer[3] = (byte) responseCode;
    return answer;
  }
}
