package dev.plinth.benchmarks;

import java.util.List;

/** Something that is measured. */
interface Benchmark {

  /** Its name on the command line. */
  String name();

  /** What it does, and what its set-up is, in a few sentences for the reader of the table. */
  String description(Settings settings);

  /**
   * Measures.
   *
   * @throws BenchmarkFailedException if what is measured does not work
   */
  List<Measurement> run(Settings settings) throws Exception;
}
