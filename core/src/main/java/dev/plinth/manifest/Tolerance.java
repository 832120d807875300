package dev.plinth.manifest;

import java.util.Optional;
import java.util.function.Consumer;

/** What becomes of things that Go's YAML accepts and that are probably mistakes. */
sealed interface Tolerance {

  /** They are refused. */
  Tolerance NONE = new None();

  /** They are accepted as by Go's YAML, and reported. */
  static Tolerance reportingTo(Consumer<ManifestProblem> reports) {
    return new Reported(reports);
  }

  /**
   * @return the problem, if it is one to throw
   */
  Optional<ManifestProblem> judge(ManifestProblem problem);

  /** What is said of text after the document. */
  String ofSecondDocument();

  /** Refuses everything. */
  record None() implements Tolerance {
    @Override
    public Optional<ManifestProblem> judge(ManifestProblem problem) {
      return Optional.of(problem);
    }

    @Override
    public String ofSecondDocument() {
      return "expected '---' first";
    }
  }

  /** Accepts everything. */
  record Reported(Consumer<ManifestProblem> reports) implements Tolerance {
    @Override
    public Optional<ManifestProblem> judge(ManifestProblem problem) {
      reports.accept(problem);
      return Optional.empty();
    }

    @Override
    public String ofSecondDocument() {
      return "only the first document counts";
    }
  }
}
