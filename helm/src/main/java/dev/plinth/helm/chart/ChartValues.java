package dev.plinth.helm.chart;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.values.ValuesInput;
import dev.plinth.helm.values.ValuesInput.Secrets;
import dev.plinth.helm.values.ValuesReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The effective values of a chart's release, to be shown. Pure. */
public final class ChartValues {

  private ChartValues() {}

  /**
   * What a HelmChart and its HelmChartConfig make of the values of an archive.
   *
   * @param config the HelmChartConfig of the same namespace and name
   * @param secrets the Secrets of that namespace
   * @throws dev.plinth.helm.values.ValuesException if anything cannot be used, with everything that
   *     cannot
   */
  public static ValuesReport report(
      ChartArchive archive, HelmChart chart, Optional<HelmChartConfig> config, Secrets secrets) {
    ValuesReport report =
        ValuesReport.of(new ValuesInput(archive.defaults(), chart, config, secrets));
    if (archive.charts().isEmpty()) {
      return report;
    }
    List<String> notices = new ArrayList<>(report.notices());
    notices.add(
        "the own values of the charts in %s are not shown: %s"
            .formatted(archive, String.join(", ", archive.charts())));
    return new ValuesReport(report.values(), notices);
  }
}
