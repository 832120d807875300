package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.model.HelmChart;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
      // Without the charts in it: their schemas are Helm's to check.
      ChartDefaults defaults = fetched.chart().defaults();
      MergedValues values = merger.merge(inputs.valuesWith(defaults));
      SchemaReport report = schemas.check(defaults, values);
      return report.problems().isEmpty()
          ? new Preparation.Prepared(
              fetched, report.unchecked().stream().map(ValuesProblem::toString).toList())
          : refused(withReference(report.problems(), inputs.chart()));
    } catch (ValuesException e) {
      return refused(e.problems());
    }
  }

  /** The last problem tells where all values are described, if the chart's author says so. */
  private static List<ValuesProblem> withReference(List<ValuesProblem> problems, HelmChart chart) {
    Map<String, String> annotations = chart.getMetadata().getAnnotations();
    String reference = annotations == null ? null : annotations.get(HelmApi.VALUES_REFERENCE);
    if (reference == null || reference.isBlank()) {
      return problems;
    }
    List<ValuesProblem> told = new ArrayList<>(problems);
    ValuesProblem last = told.remove(told.size() - 1);
    told.add(
        new ValuesProblem(
            last.origin(),
            last.path(),
            "%s; for the chart's values see %s".formatted(last.message(), reference.strip())));
    return told;
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
}
