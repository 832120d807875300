package dev.plinth.examples.addon;

import dev.plinth.addon.Addon;
import dev.plinth.addon.ClusterVariables;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.config.Option;
import dev.plinth.config.ServerConfig;
import dev.plinth.manifest.ManifestTemplate;
import dev.plinth.manifest.Variables;
import java.util.List;

/** K3s's {@code local-storage}: volumes that are directories of a node. All of it is YAML. */
public final class LocalStorageAddon implements Addon {

  /** K3s's flag, and {@code path} in the section {@code addons.local-storage}. */
  static final Option<String> PATH =
      Option.of("default-local-storage-path", AbsolutePath::parse, null, "Where volumes are made")
          .withConfigKey("path");

  private static final ManifestTemplate MANIFEST =
      ManifestTemplate.fromResource(LocalStorageAddon.class, "local-storage.yaml");

  @Override
  public String name() {
    return "local-storage";
  }

  @Override
  public String description() {
    return "Local path provisioner, which makes volumes of directories of a node";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(PATH);
  }

  @Override
  public List<PackagedManifest> manifests(ServerConfig config) {
    String path = config.option(PATH).orElse(config.dataDir().resolve("storage").toString());
    Variables own = Variables.builder().text("DEFAULT_LOCAL_STORAGE_PATH", path).build();
    Variables all = ClusterVariables.of(config).and(own).only(MANIFEST.placeholders());
    return List.of(new PackagedManifest(MANIFEST.name(), MANIFEST.render(all)));
  }
}
