package dev.plinth;

import dev.plinth.addon.Addon;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.config.ServerConfig;
import java.util.List;

/** An add-on made of manifests that a test gives it. */
record TestAddon(String name, List<PackagedManifest> files) implements Addon {

  static TestAddon of(String name, String yaml) {
    return new TestAddon(name, List.of(new PackagedManifest(name + ".yaml", yaml)));
  }

  @Override
  public String description() {
    return "for tests";
  }

  @Override
  public List<PackagedManifest> manifests(ServerConfig config) {
    return files;
  }
}
