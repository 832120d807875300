package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** Looks all the time whether two servers of this JVM lead at once. */
final class NoTwoLeaders implements AutoCloseable {

  private static final long PAUSE_NANOS = 500_000;

  private final List<MemberHost> hosts;
  private final Set<String> pairs = ConcurrentHashMap.newKeySet();
  private final Thread thread = new Thread(this::look, "no-two-leaders");

  private NoTwoLeaders(List<MemberHost> hosts) {
    this.hosts = hosts;
  }

  static NoTwoLeaders among(List<MemberHost> hosts) {
    NoTwoLeaders look = new NoTwoLeaders(hosts);
    look.thread.start();
    return look;
  }

  private void look() {
    while (!Thread.interrupted()) {
      for (MemberHost one : hosts) {
        for (MemberHost other : hosts) {
          // The last look tells that the first one still held while the other led.
          if (one != other && one.leads() && other.leads() && one.leads()) {
            pairs.add(one + " and " + other);
          }
        }
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /**
   * Ends the looking.
   *
   * @throws AssertionError if two led at once
   */
  @Override
  public void close() throws InterruptedException {
    thread.interrupt();
    thread.join();
    assertThat(pairs).as("led at once").isEmpty();
  }
}
