package dev.plinth.helm.controller;

import dev.plinth.addon.AddonContext;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.PlannedObject;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.helm.controller.PlannedCharts.ChartChange;
import dev.plinth.helm.engine.HelmEngines;
import dev.plinth.helm.io.PrivateDirectory;
import dev.plinth.helm.source.ChartSources;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Tells what the Helm controller would make of a plan: which releases it would install, upgrade and
 * uninstall, and which of their objects would differ. Charts are rendered; nothing is written but
 * files in a directory that is deleted afterwards.
 */
final class HelmPlanner {

  private final AddonContext context;
  private final ControllerSettings settings;
  private final BiFunction<Path, ControllerSettings, HelmEngines.Settings> engineSettings;
  private final InstantSource clock;

  /**
   * @param engineSettings of engines whose operations have their files in a directory
   */
  HelmPlanner(
      AddonContext context,
      ControllerSettings settings,
      BiFunction<Path, ControllerSettings, HelmEngines.Settings> engineSettings,
      InstantSource clock) {
    this.context = context;
    this.settings = settings;
    this.engineSettings = engineSettings;
    this.clock = clock;
  }

  /** What would be done, chart by chart. */
  List<ObjectPreview> plan(List<PlannedObject> planned) throws InterruptedException {
    List<ChartChange> charts = PlannedCharts.of(context.client(), planned);
    if (charts.isEmpty()) {
      return List.of();
    }
    try {
      PrivateDirectory scratch =
          PrivateDirectory.at(Path.of(System.getProperty("java.io.tmpdir"))).unique("plinth-plan-");
      try {
        return plan(charts, planned, scratch.path());
      } finally {
        scratch.delete();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Charts can not be rendered for the plan", e);
    }
  }

  private List<ObjectPreview> plan(
      List<ChartChange> charts, List<PlannedObject> planned, Path scratch)
      throws IOException, InterruptedException {
    Path server = context.config().dataDir().resolve("server");
    ChartSources sources =
        ChartSources.lookingAhead(
            server.resolve("helm/charts"),
            scratch.resolve("charts"),
            server.resolve("static/charts"));
    try (HelmEngines engines =
        new HelmEngines(
            context.client(), engineSettings.apply(scratch.resolve("work"), settings), clock)) {
      KubernetesClient client = context.client();
      ChartPlanner planner =
          new ChartPlanner(
              new InputsReader(new PlannedLookup(client, List.of()), sources::localDigest),
              new InputsReader(new PlannedLookup(client, planned), sources::localDigest),
              new ReleaseRights(client, clock),
              new ChartPreparation(sources),
              new ReleasePreview(
                  client,
                  new ClusterApi(client, context.fieldManager()),
                  engines,
                  settings.engine(),
                  planned),
              clock);
      List<ObjectPreview> previews = new ArrayList<>();
      for (ChartChange chart : charts) {
        previews.addAll(planner.plan(chart));
      }
      return previews;
    }
  }
}
