package dev.plinth.benchmarks;

import java.time.Duration;
import java.util.List;

/**
 * A start beside a bare client that sends the same requests.
 *
 * @param ratio name of the row with requests per second, ours to bare
 * @param ours the start
 * @param bareTime how long the bare client took
 * @param bareCpu processor time of the JVM meanwhile
 */
record BareComparison(String ratio, TimedStart ours, Duration bareTime, Duration bareCpu) {

  /** Has the bare client send what the start sent, with its watches open. */
  static BareComparison run(String ratio, TimedStart ours, BareClient bare) throws Exception {
    List<RecordedRequest> requests =
        ours.requests().stream().map(RecordedRequest::ofAnyVersion).toList();
    Duration begin = Machine.cpuTime();
    Duration time;
    try (AutoCloseable watches = bare.watch(ours.watches())) {
      time = bare.send(requests);
    }
    return new BareComparison(ratio, ours, time, Machine.cpuTime().minus(begin));
  }

  /**
   * Adds its rows.
   *
   * @param objects how many objects were applied
   */
  void addTo(Series series, int objects) {
    double requests = ours.requests().size();
    double oursPerSecond = requests / Series.seconds(ours.time());
    double barePerSecond = requests / Series.seconds(bareTime);
    series.add(ratio, "", oursPerSecond / barePerSecond);
    series.add("ours: requests per second", "", oursPerSecond);
    series.add("bare: requests per second", "", barePerSecond);
    series.add("ours: objects per second", "", objects / Series.seconds(ours.time()));
    series.add("ours: time", ours.time());
    series.add("ours: processor time of the JVM", ours.cpu());
    series.add("bare: time", bareTime);
    series.add("bare: processor time of the JVM", bareCpu);
  }
}
