package dev.plinth.benchmarks;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
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

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public String description(Settings settings) {
    return "CoreDNS is ready, in a JVM of its own that has nothing but Plinth in it; then %d s of nothing. Threads are all Java threads of that JVM, the JDK's own included."
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
    }
    series.aim(REQUESTS, Goal.atMost(0));
    series.aim(HEAP, Goal.under(32));
    series.aim(THREADS, Goal.under(25));
    series.aim(GROWTH, Goal.under(0.25));
    return series.measurements();
  }
}
