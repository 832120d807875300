package dev.plinth.helm.controller;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.util.List;

/** What became of reading a chart's inputs. */
sealed interface InputsReading {

  /** All is there and understood. */
  record Complete(ChartInputs inputs) implements InputsReading {
    public Complete {
      requireNonNull(inputs, "inputs");
    }
  }

  /**
   * Something is not.
   *
   * @param problems at least one, those of the chart before those of its config
   */
  record Wanting(List<InputProblem> problems) implements InputsReading {
    public Wanting {
      problems = List.copyOf(problems);
      checkArgument(!problems.isEmpty(), "problems is empty");
    }
  }
}
