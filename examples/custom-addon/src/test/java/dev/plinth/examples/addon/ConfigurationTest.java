package dev.plinth.examples.addon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.addon.Selection;
import dev.plinth.config.ConfigurationException;
import dev.plinth.config.ConfigurationReader;
import dev.plinth.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both add-ons are found as services, and are configured as any other. */
class ConfigurationTest {

  private static final AddonCatalog ADDONS = AddonCatalog.discover();

  @TempDir Path directory;

  @Test
  void options_stand_in_sections_of_the_configuration_file() throws IOException {
    ServerConfig config =
        read(
            """
            addons:
              local-storage:
                path: /srv/volumes
              default-limits: {memory: 1Gi}
            """);

    assertThat(config.option(LocalStorageAddon.PATH)).contains("/srv/volumes");
    assertThat(new LocalStorageAddon().manifests(config).get(0).content())
        .contains("\"paths\": [\"/srv/volumes\"]");
    assertThat(config.option(DefaultLimitsAddon.MEMORY).orElseThrow()).hasToString("1Gi");
  }

  @Test
  void without_an_option_volumes_are_below_the_data_directory_as_in_k3s() throws IOException {
    assertThat(new LocalStorageAddon().manifests(read("")).get(0).content())
        .contains("\"paths\": [\"" + directory + "/storage\"]");
  }

  @Test
  void a_flag_wins_over_the_file() throws IOException {
    ServerConfig config =
        read("addons: {local-storage: {path: /a}}", "--default-local-storage-path", "/b");

    assertThat(config.option(LocalStorageAddon.PATH)).contains("/b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "addons: {local-storage: {path: volumes}}| :1:32: key 'addons.local-storage.path': found"
            + " 'volumes', expected an absolute path",
        "addons: {default-limits: {memory: much}}| :1:35: key 'addons.default-limits.memory': found"
            + " 'much', expected an amount of memory",
        "addons: {local-storage: {paths: /a}}"
            + "| :1:26: add-on 'local-storage' has no key 'paths'; did you mean 'path'?",
        "addons: {local-storag: {path: /a}}"
            + "| :1:25: no add-on is named 'local-storag'; did you mean 'local-storage'?",
        "addons: {local-storage: /a}| :1:25: key 'addons.local-storage': found a single value,"
            + " expected keys with values",
      })
  void what_cannot_be_used_is_told_with_file_line_and_key(String content, String message) {
    assertThatThrownBy(() -> read(content))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(directory.resolve("config.yaml") + message.strip());
  }

  @Test
  void disable_switches_them_off() throws IOException {
    Selection selection = Selection.of(ADDONS, read("disable: local-storage,default-limits"));

    assertThat(selection.enabled()).isEmpty();
    assertThat(selection.warnings()).isEmpty();
  }

  private ServerConfig read(String content, String... args) throws IOException {
    Path file = Files.writeString(directory.resolve("config.yaml"), content);
    return ConfigurationReader.of(ADDONS)
        .withDefaultConfigFile(file)
        .withDefaultDataDir(directory)
        .withHostName(() -> "n1")
        .read(args);
  }
}
