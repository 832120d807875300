package dev.plinth.benchmarks;

import com.google.common.base.Stopwatch;
import java.time.Duration;
import java.util.List;

/**
 * A start of Plinth until everything was READY.
 *
 * @param time how long it took
 * @param cpu processor time that this JVM took for it
 * @param requests what was sent, but for watches
 * @param watches the watches that were begun
 */
record TimedStart(
    Duration time, Duration cpu, List<RecordedRequest> requests, List<RecordedRequest> watches) {

  /** Makes a host whose requests a recorder sees. */
  interface HostMaker {
    Host make(Recorder recorder);
  }

  /** Waits until all is there; what is not is an error. */
  interface Wait {
    void await(Host host) throws Exception;
  }

  /** A host that is still running, and what its start was like. */
  record Running(Host host, TimedStart start) implements AutoCloseable {
    @Override
    public void close() {
      host.close();
    }
  }

  static Running run(HostMaker maker, Wait wait) throws Exception {
    Recorder recorder = new Recorder();
    Duration cpu = Machine.cpuTime();
    Stopwatch watch = Stopwatch.createStarted();
    Host host = maker.make(recorder);
    try {
      wait.await(host);
      return new Running(
          host,
          new TimedStart(
              watch.elapsed(),
              Machine.cpuTime().minus(cpu),
              recorder.answeredAtOnce(),
              recorder.watches()));
    } catch (Exception e) {
      host.close();
      throw e;
    }
  }
}
