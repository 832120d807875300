package dev.plinth.addons.traefik;

import dev.plinth.addon.Addon;
import dev.plinth.addons.servicelb.ServiceLbAddon;
import dev.plinth.helm.controller.HelmControllerAddon;
import dev.plinth.testkit.addons.AddonCompatibilityKit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** With the compact chart in the place of the official one, as tests get nothing from elsewhere. */
class TraefikCompatibilityIT extends AddonCompatibilityKit {

  @Override
  protected Addon addon() {
    return new TraefikAddon();
  }

  @Override
  protected List<Addon> companions() {
    return List.of(new HelmControllerAddon(), new ServiceLbAddon());
  }

  @Override
  protected void prepareDataDirectory(Path dataDir) throws IOException {
    Path charts = Files.createDirectories(dataDir.resolve("server/static/charts"));
    Files.write(
        charts.resolve(TraefikAddon.officialChart().fileName()),
        CompactChart.asOfficial(Files.createTempDirectory(dataDir, "chart")));
  }
}
