package dev.plinth.benchmarks;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The result as Markdown. */
final class Report {

  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
  }

  void print(String title, String description, List<String> facts, List<Measurement> rows) {
    out.printf("## %s%n%n%s%n%n", title, description);
    facts.forEach(it -> out.printf("- %s%n", it));
    out.printf("%n| | min | median | max | runs | goal | |%n|---|---|---|---|---|---|---|%n");
    for (Measurement row : rows) {
      out.printf(
          "| %s | %s | **%s** | %s | %d | %s | %s |%n",
          row.what(),
          text(row, Measurement::min),
          text(row, Measurement::median),
          text(row, Measurement::max),
          row.values().size(),
          row.goal().map(Goal::text).orElse(""),
          row.goal().map(it -> it.reached().test(row.median()) ? "reached" : "missed").orElse(""));
    }
    out.println();
    out.flush();
  }

  private static String text(Measurement row, ToDoubleFunction<Measurement> value) {
    return number(value.applyAsDouble(row)) + (row.unit().isEmpty() ? "" : " " + row.unit());
  }

  /** Three digits are all that these measurements are good for, but whole numbers stay whole. */
  static String number(double value) {
    if (value == Math.rint(value) || Math.abs(value) >= 100) {
      return String.format(Locale.ROOT, "%,d", Math.round(value));
    }
    return String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
  }
}
