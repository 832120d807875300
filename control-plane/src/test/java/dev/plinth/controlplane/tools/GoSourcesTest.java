package dev.plinth.controlplane.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GoSourcesTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(GoModule.class)
  void noFileOfAModuleIsForgotten(GoModule module) throws IOException {
    List<String> present;
    try (Stream<Path> files = Files.list(Path.of("src/main/go", module.directory()))) {
      present = files.map(file -> file.getFileName().toString()).toList();
    }
    assertThat(module.files()).containsExactlyInAnyOrderElementsOf(present);
  }

  @ParameterizedTest
  @EnumSource(GoModule.class)
  void areWrittenAsTheyAre(GoModule module) throws IOException {
    GoSources.of(module).writeTo(directory);

    for (String name : module.files()) {
      assertThat(directory.resolve(name))
          .hasSameBinaryContentAs(Path.of("src/main/go", module.directory(), name));
    }
  }

  @ParameterizedTest
  @EnumSource(Tool.class)
  void haveThePinnedVersionOfEachProgram(Tool tool) {
    assertThat(GoSources.of(tool.module()).versionOf(tool.versionedBy()))
        .matches("\\d+\\.\\d+\\.\\d+");
  }

  @Test
  void knowNoVersionOfWhatIsNotRequired() {
    assertThatThrownBy(() -> GoSources.of(GoModule.KWOK).versionOf("example.org/absent"))
        .hasMessageContaining("kwok/go.mod does not require example.org/absent");
  }

  @Test
  void areToldApartByTheirContent() {
    assertThat(GoSources.of(GoModule.KWOK).contentHash())
        .matches("[0-9a-f]{12}")
        .isEqualTo(GoSources.of(GoModule.KWOK).contentHash())
        .isNotEqualTo(GoSources.of(GoModule.COREDNS).contentHash());
  }
}
