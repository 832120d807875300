package dev.plinth.examples.server;

import com.google.common.io.MoreFiles;
import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.addon.Selection;
import dev.plinth.addons.traefik.TraefikAddon;
import dev.plinth.config.ServerConfig;
import dev.plinth.helm.source.ChartSourceException;
import dev.plinth.helm.source.ChartSources;
import dev.plinth.helm.source.SourceAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * The add-ons with charts that can be had: where Traefik's official chart can't, this launcher
 * installs the compact one of the examples, and says so. The library itself never does that.
 *
 * @param addons the add-ons
 * @param notes one line for each chart that stands in for another
 */
record AvailableCharts(AddonCatalog addons, List<String> notes) {

  private static final String TRAEFIK = "traefik";

  AvailableCharts {
    notes = List.copyOf(notes);
  }

  /** For a server, which needs the official chart: it is downloaded into the data directory. */
  static AvailableCharts of(ServerSetup setup) throws InterruptedException {
    Path cache = cache(setup.config());
    return of(setup, () -> new ChartSources(cache, staticCharts(setup.config())));
  }

  /** For a look ahead: leaves nothing in the data directory. */
  static AvailableCharts lookingAhead(ServerSetup setup) throws InterruptedException {
    try {
      Path passing = Files.createTempDirectory("plinth-charts");
      try {
        return of(
            setup,
            () ->
                ChartSources.lookingAhead(
                    cache(setup.config()), passing, staticCharts(setup.config())));
      } finally {
        MoreFiles.deleteRecursively(passing);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens where charts are had from. */
  private interface Opening {
    ChartSources open() throws IOException;
  }

  private static AvailableCharts of(ServerSetup setup, Opening sources)
      throws InterruptedException {
    ServerConfig config = setup.config();
    boolean wanted =
        Selection.of(setup.addons(), config).find(TRAEFIK).filter(it -> it.enabled()).isPresent();
    if (!wanted) {
      return new AvailableCharts(setup.addons(), List.of());
    }
    try {
      sources.open().fetch(TraefikAddon.officialChart(), SourceAccess.anonymous());
      return new AvailableCharts(setup.addons(), List.of());
    } catch (ChartSourceException e) {
      return new AvailableCharts(
          withCompactChart(setup.addons()),
          List.of(
              "%s: the compact chart of examples/charts stands in for the official one: %s"
                  .formatted(TRAEFIK, e.getMessage())));
    } catch (IOException e) {
      throw new UsageException(
          "charts cannot be kept in %s: %s".formatted(cache(config), Reason.of(e)), e);
    }
  }

  private static AddonCatalog withCompactChart(AddonCatalog addons) {
    return AddonCatalog.of(
        StreamSupport.stream(addons.spliterator(), false)
            .map(
                it ->
                    it instanceof TraefikAddon
                        ? TraefikAddon.withChart(ExampleChart.archive(TRAEFIK))
                        : it)
            .toArray(Addon[]::new));
  }

  private static Path staticCharts(ServerConfig config) {
    return config.dataDir().resolve("server/static/charts");
  }

  /** Where the Helm controller keeps charts too, so that none is downloaded twice. */
  private static Path cache(ServerConfig config) {
    return config.dataDir().resolve("server/helm/charts");
  }
}
