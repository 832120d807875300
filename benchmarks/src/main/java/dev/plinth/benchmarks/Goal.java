package dev.plinth.benchmarks;

import java.util.function.DoublePredicate;

/**
 * What a figure should be.
 *
 * @param text for the table
 * @param reached whether a value is good enough
 */
record Goal(String text, DoublePredicate reached) {

  static Goal under(double bound) {
    return new Goal("under " + Report.number(bound), it -> it < bound);
  }

  static Goal atMost(double bound) {
    return new Goal("at most " + Report.number(bound), it -> it <= bound);
  }

  static Goal atLeast(double bound) {
    return new Goal("at least " + Report.number(bound), it -> it >= bound);
  }
}
