package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.addon.Selection;
import dev.plinth.config.ServerConfig;
import dev.plinth.manifest.ManifestStaging;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeclarationsTest {

  private static final Path NO_FILES = Path.of("none");

  @Test
  void two_files_of_one_addon_name_are_refused_naming_both() {
    assertThatThrownBy(
            () -> declarations(addon("one", "web.yaml"), addon("two", "sub/web.v2.yaml")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Addon web ")
        .hasMessageContaining("web.yaml of add-on 'one'")
        .hasMessageContaining("sub/web.v2.yaml of add-on 'two'");
  }

  @Test
  void an_addon_without_files_has_a_name_too() {
    assertThatThrownBy(() -> declarations(addon("one", "two.yaml"), addon("two")))
        .hasMessageContaining("two.yaml of add-on 'one'")
        .hasMessageContaining("add-on 'two', which has no file");
  }

  @Test
  void a_disabled_addon_claims_no_name() {
    ServerConfig config =
        ServerConfig.builder().nodeName("n1").dataDir(NO_FILES).disable("two").build();

    assertThat(declarations(config, addon("one", "web.yaml"), addon("two", "web.yaml")).have("web"))
        .isTrue();
  }

  private static Declarations declarations(Addon... addons) {
    return declarations(ServerConfig.builder().nodeName("n1").dataDir(NO_FILES).build(), addons);
  }

  private static Declarations declarations(ServerConfig config, Addon... addons) {
    return new Declarations(
        Selection.of(AddonCatalog.of(addons), config), config, new ManifestStaging(NO_FILES));
  }

  private static Addon addon(String name, String... files) {
    return new Addon() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String description() {
        return "for tests";
      }

      @Override
      public List<PackagedManifest> manifests(ServerConfig config) {
        return Stream.of(files).map(it -> new PackagedManifest(it, "")).toList();
      }
    };
  }
}
