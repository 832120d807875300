package dev.plinth.benchmarks;

/** What is of interest beside the tables: on standard error, so that the tables can be kept. */
final class Narration {

  private Narration() {}

  static void tell(String line) {
    System.err.println(line);
  }
}
