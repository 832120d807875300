package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.chart.ChartArchive;
import dev.plinth.helm.source.ChartSourceException;
import dev.plinth.helm.source.ChartSources;
import dev.plinth.helm.source.FetchedChart;
import dev.plinth.helm.values.ChartDefaults;
import dev.plinth.helm.values.MergedValues;
import dev.plinth.helm.values.SchemaCheck;
import dev.plinth.helm.values.SchemaReport;
import dev.plinth.helm.values.ValuesException;
import dev.plinth.helm.values.ValuesMerger;
import dev.plinth.helm.values.ValuesProblem;
import java.util.List;

/**
 * Gets a chart, and finds what is wrong with the values before Helm is asked, while the release in
 * force is untouched.
 */
final class ChartPreparation {

  private final ChartSources sources;
  private final ValuesMerger merger = new ValuesMerger();
  private final SchemaCheck schemas = new SchemaCheck();

  ChartPreparation(ChartSources sources) {
    this.sources = sources;
  }

  /** What became of it. */
  sealed interface Preparation {

    /**
     * All is there and fits.
     *
     * @param notes what Helm will decide on
     */
    record Prepared(FetchedChart chart, List<String> notes) implements Preparation {
      public Prepared {
        requireNonNull(chart, "chart");
        notes = List.copyOf(notes);
      }
    }

    /** The chart can't be had. */
    record Unavailable(String message) implements Preparation {}

    /** The chart does not take the values. */
    record Refused(List<InputProblem> problems) implements Preparation {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  Preparation prepare(ChartInputs inputs) throws InterruptedException {
    FetchedChart fetched;
    try {
      fetched = sources.fetch(inputs.reference(), inputs.access());
    } catch (ChartSourceException e) {
      return new Preparation.Unavailable(e.getMessage());
    }
    try {
      ChartDefaults defaults = defaults(fetched.chart());
      MergedValues values = merger.merge(inputs.valuesWith(defaults));
      SchemaReport report = schemas.check(defaults, values);
      return report.problems().isEmpty()
          ? new Preparation.Prepared(
              fetched, report.unchecked().stream().map(ValuesProblem::toString).toList())
          : refused(report.problems());
    } catch (ValuesException e) {
      return refused(e.problems());
    }
  }

  private static Preparation refused(List<ValuesProblem> problems) {
    return new Preparation.Refused(
        problems.stream()
            .map(
                it ->
                    new InputProblem(
                        it.origin().owner(), InputProblem.INVALID_VALUES, it.toString()))
            .toList());
  }

  /** Without the charts in it: their schemas are Helm's to check. */
  private static ChartDefaults defaults(ChartArchive chart) {
    return new ChartDefaults(
        chart.metadata().name(), chart.valuesYaml().orElse(""), chart.schema(), List.of());
  }
}
