package dev.plinth.helm.controller;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.ReconcilerRegistration;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.PlannedObject;
import dev.plinth.config.Option;
import dev.plinth.config.ServerConfig;
import dev.plinth.helm.engine.HelmEngines;
import dev.plinth.helm.model.HelmDefinitions;
import dev.plinth.helm.source.ChartSources;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The Helm controller: makes releases of HelmCharts. It has no manifest; everything is made by its
 * reconcilers.
 */
public final class HelmControllerAddon implements Addon {

  static final String NAME = "helm-controller";

  private static final InstantSource CLOCK = InstantSource.system();

  /** Made by {@link java.util.ServiceLoader}, or by whoever puts a catalogue together. */
  public HelmControllerAddon() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "Helm controller, which installs charts that are declared as HelmCharts";
  }

  @Override
  public Set<String> provides() {
    return Set.of("helm.cattle.io/v1");
  }

  @Override
  public Optional<String> disabledBy(ServerConfig config) {
    return config.option(ControllerSettings.DISABLE).orElse(false)
        ? Optional.of("--" + ControllerSettings.DISABLE.name())
        : Optional.empty();
  }

  @Override
  public List<Option<?>> options() {
    return ControllerSettings.OPTIONS;
  }

  @Override
  public List<CustomResourceDefinition> customResourceDefinitions() {
    return HelmDefinitions.all();
  }

  @Override
  public List<ReconcilerRegistration<?>> reconcilers(AddonContext context) {
    ControllerSettings settings = ControllerSettings.of(context.config());
    Path server = context.config().dataDir().resolve("server");
    ControllerParts parts =
        new ControllerParts(
            context,
            new HelmEngines(
                context.client(), engines(server.resolve("helm/work"), settings), CLOCK),
            settings,
            sources(server),
            CLOCK);
    return List.of(
        HelmChartReconciler.registration(parts),
        HelmChartConfigReconciler.registration(parts.configs()));
  }

  @Override
  public List<ObjectPreview> plan(AddonContext context, List<PlannedObject> planned)
      throws InterruptedException {
    return new HelmPlanner(
            context, ControllerSettings.of(context.config()), HelmControllerAddon::engines, CLOCK)
        .plan(planned);
  }

  /** HelmCharts go with their definition; what they have installed stays. */
  @Override
  public void deleteProtected(AddonContext context) {
    new OrphanedCharts(context.client()).letGo();
  }

  private static HelmEngines.Settings engines(Path work, ControllerSettings settings) {
    HelmEngines.Settings standard = HelmEngines.Settings.in(work);
    return settings.command().map(standard::withHelmCommand).orElse(standard);
  }

  static ChartSources sources(Path server) {
    try {
      return new ChartSources(server.resolve("helm/charts"), server.resolve("static/charts"));
    } catch (IOException e) {
      throw new UncheckedIOException("Charts can not be kept in " + server.resolve("helm"), e);
    }
  }
}
