package dev.plinth.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestPathTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "web.yaml",
        "web.yml",
        "web.json",
        "WEB.YAML",
        "web.Yml",
        "team/web.yaml",
        "web.v1.yaml",
        "a b.yaml",
        "web-copy.JSON",
        "ünï.yaml",
        "web.yaml.yaml",
        "_web.yaml",
        "web_.sync.yaml"
      })
  void a_file_of_these_names_counts(String path) {
    assertThat(new ManifestPath(path).isManifest()).isTrue();
  }

  /** The names that vim, Emacs, nano, JetBrains, Office, rsync, sed, dpkg, cp and others leave. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "web.yaml~",
        ".web.yaml.swp",
        ".web.yaml.swo",
        "4913",
        ".#web.yaml",
        "#web.yaml#",
        "#web.yaml",
        "web.yaml.save",
        "web.yaml___jb_tmp___",
        "web.yaml___jb_old___",
        "~$web.yaml",
        "~web.yaml",
        ".web.yaml.Xa3dQ1",
        "sedQ3xkPa",
        "web.yaml.bak",
        "web.yaml.orig",
        "web.yaml.dpkg-new",
        "web.yaml.tmp",
        "web.yaml.part",
        ".goutputstream-ABC123",
        ".web.yaml.plinth-tmp",
        "web.yaml.skip",
        "README.md",
        "web",
        "web.yaml.gz",
        ".yaml",
        ".hidden.yaml",
        "team/.web.yaml",
        "web.yamlx",
        "yaml"
      })
  void a_file_of_these_names_does_not(String path) {
    assertThat(new ManifestPath(path).isManifest()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "foo.yaml, foo",
    "foo.v1.yaml, foo",
    "foo.v2.yaml, foo",
    "dir/foo.yaml, foo",
    "a.b/foo-1.yml, foo-1",
    "Foo.yaml, Foo"
  })
  void the_addon_has_the_base_name_up_to_its_first_dot(String path, String name) {
    assertThat(new ManifestPath(path).addonName()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "my_app.yaml, 'my_app', my-app.yaml",
    "dir/MyApp.v1.yaml, 'MyApp', myapp.v1.yaml",
    "-web.yaml, '-web', web.yaml",
    "web-.yaml, 'web-', web.yaml",
    "my app.yml, 'my app', my-app.yml"
  })
  void a_name_that_kubernetes_does_not_take_is_refused_with_one_that_it_does(
      String path, String name, String suggestion) {
    assertThat(new ManifestPath(path).invalidAddonName().orElseThrow())
        .contains("'" + name + "' is found", "rename the file, e.g. to " + suggestion);
  }

  @Test
  void a_name_of_nothing_that_kubernetes_takes_is_refused_without_suggestion() {
    assertThat(new ManifestPath("ü.yaml").invalidAddonName().orElseThrow())
        .endsWith("rename the file");
  }

  @Test
  void a_name_too_long_for_its_events_is_refused() {
    String longest = "a".repeat(220);
    assertThat(new ManifestPath(longest + ".yaml").invalidAddonName()).isEmpty();
    assertThat(new ManifestPath(longest + "a.yaml").invalidAddonName().orElseThrow())
        .contains("has 221 characters, expected at most 220");
  }

  @ParameterizedTest
  @CsvSource({
    "foo.yaml, foo, foo",
    "foo.v1.yaml, foo.v1, foo.v1",
    "dir/foo.yaml, foo, foo",
    "a/b/foo.yaml, a, a",
    "a/b/foo.yaml, a/b, a/b"
  })
  void disable_means_a_directory_or_the_name_without_the_last_extension(
      String path, String disabled, String expected) {
    assertThat(new ManifestPath(path).disabledBy(Set.of("other", disabled))).contains(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "foo.yaml, ''",
    "a/foo.yaml, ''",
    "foo.v1.yaml, foo",
    "a/b/foo.yaml, b",
    "foo.txt, foo",
    "a/foo.yaml, a/foo",
    "foo.yaml, foo.yaml"
  })
  void nothing_else_is_meant_by_disable_and_nothing_by_an_empty_item(String path, String name) {
    assertThat(new ManifestPath(path).disabledBy(Set.of(name))).isEmpty();
  }

  @Test
  void directories_are_told_outermost_first() {
    assertThat(new ManifestPath("a/b/c.yaml").directories()).isEqualTo(List.of("a", "a/b"));
    assertThat(new ManifestPath("c.yaml").directories()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a.yaml", "a/"})
  void what_is_no_path_of_a_file_is_refused(String path) {
    assertThatIllegalArgumentException().isThrownBy(() -> new ManifestPath(path));
  }
}
