package dev.plinth.benchmarks;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.member.LeaseTimes;
import java.time.Duration;
import java.util.List;

/** What a server costs that has nothing to do. */
final class Idle implements Benchmark {

  private static final double MEGABYTE = 1 << 20;

  /** Threads that are not needed end after some seconds. */
  private static final Duration CALM = Duration.ofSeconds(15);

  private static final String REQUESTS = "requests but watches and Leases";
  private static final String HEAP = "heap after garbage collection";
  private static final String THREADS = "Java threads";
  private static final String GROWTH = "growth of the heap";
  private static final String LEADER_LEASES = "two servers: writes of Leases in a period, leader";
  private static final String OTHER_LEASES = "two servers: writes of Leases in a period, the other";
  private static final String OTHERS = "two servers: requests but watches and Leases";
  private static final String SECOND = "second-server";

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public String description(Settings settings) {
    return "CoreDNS is ready, in a JVM of its own that has nothing but Plinth in it; then %d s of nothing. Threads are all Java threads of that JVM, the JDK's own included. Then a second server is ready beside it, and for as long again nothing happens."
        .formatted(settings.idle().toSeconds());
  }

  @Override
  public List<Measurement> run(Settings settings) throws Exception {
    Series series = new Series();
    try (ControlPlane controlPlane = ControlPlanes.complete(settings).start();
        TemporaryDirectory data = TemporaryDirectory.create();
        ForkedHost host = ForkedHost.start(controlPlane, data.path())) {
      host.awaitReady();
      if (!settings.shortForm()) {
        Thread.sleep(CALM.toMillis());
      }
      ForkedHost.Contents before = host.contents();
      Mark mark = controlPlane.mark();
      Thread.sleep(settings.idle().toMillis());
      Requests requests = controlPlane.requestsSince(mark).userAgent(Host.USER_AGENT);
      ForkedHost.Contents after = host.contents();
      Requests others =
          requests.filter(it -> !it.verb().equals("watch") && !it.resource().equals("leases"));
      BenchmarkFailedException.unless(
          others.writes().isEmpty(), "an idle server wrote: %s", others.writes());
      series.add(REQUESTS, "", others.count());
      series.add("watches begun anew", "", requests.verb("watch").count());
      series.add(HEAP, "MiB", after.heapBytes() / MEGABYTE);
      series.add(GROWTH, "MiB", (after.heapBytes() - before.heapBytes()) / MEGABYTE);
      series.add(THREADS, "", after.threads());
      series.add("growth of the threads", "", after.threads() - before.threads());
      Narration.tell("threads: " + after.threadNames());
      besideAnother(controlPlane, settings, series);
    }
    series.aim(REQUESTS, Goal.atMost(0));
    series.aim(HEAP, Goal.under(32));
    series.aim(THREADS, Goal.under(25));
    series.aim(GROWTH, Goal.under(0.25));
    series.aim(LEADER_LEASES, Goal.atMost(2));
    series.aim(OTHER_LEASES, Goal.atMost(2));
    series.aim(OTHERS, Goal.atMost(0));
    return series.measurements();
  }

  private static void besideAnother(ControlPlane controlPlane, Settings settings, Series series)
      throws Exception {
    try (TemporaryDirectory data = TemporaryDirectory.create();
        Host second =
            Host.secondWithCoreDns(
                controlPlane.clientConfigFor(SECOND, "system:masters"), data.path())) {
      second.awaitReady();
      if (!settings.shortForm()) {
        Thread.sleep(CALM.toMillis());
      }
      Mark mark = controlPlane.mark();
      long begin = System.nanoTime();
      Thread.sleep(settings.idle().toMillis());
      Requests requests = controlPlane.requestsSince(mark).userAgent(Host.USER_AGENT);
      double periods =
          (double) (System.nanoTime() - begin) / LeaseTimes.DEFAULT.renewEvery().toNanos();
      Requests leases = requests.resource("leases.coordination.k8s.io");
      int ofSecond = leases.username(SECOND).count();
      series.add(LEADER_LEASES, "", (leases.count() - ofSecond) / periods);
      series.add(OTHER_LEASES, "", ofSecond / periods);
      Requests others =
          requests.filter(it -> !it.verb().equals("watch") && !it.resource().equals("leases"));
      Narration.tell("besides: " + others);
      series.add(OTHERS, "", others.count());
    }
  }
}
