package dev.plinth.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestNamesTest {

  @TempDir Path data;

  @Test
  void directories_have_paths_and_files_base_names_through_links_too() throws IOException {
    Path manifests = Files.createDirectories(data.resolve("manifests/a/b")).resolve("../..");
    Files.createFile(manifests.resolve("a/b/web.v1.yaml"));
    Files.createFile(manifests.resolve("README.md"));
    Path outside = Files.createDirectories(data.resolve("outside"));
    Files.createFile(outside.resolve("through.json"));
    Files.createSymbolicLink(manifests.resolve("linked"), outside);
    Files.createSymbolicLink(manifests.resolve("a/up"), Path.of(".."));

    assertThat(new ManifestNames(manifests.normalize()).read())
        .containsExactlyInAnyOrder("a", "a/b", "web.v1", "linked", "through");
  }

  @Test
  void a_directory_that_is_not_there_has_none() {
    assertThat(new ManifestNames(data.resolve("none")).read()).isEmpty();
  }
}
