package dev.plinth.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.plinth.manifest.StagingOutcome.Change;
import dev.plinth.manifest.StagingOutcome.ObsoleteFile;
import dev.plinth.manifest.StagingOutcome.StagedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestStagingTest {

  private static final StagedManifest DNS = new StagedManifest("dns.yaml", "dns: 1\n", "dns");
  private static final StagedManifest DNS_2 = new StagedManifest("dns.yaml", "dns: 2\n", "dns");
  private static final StagedManifest NESTED =
      new StagedManifest("metrics/deep/server.yaml", "a: 1\n", "metrics");

  @TempDir Path data;
  private Path server;
  private Path manifests;
  private ManifestStaging staging;

  @BeforeEach
  void newDataDirectory() {
    server = data.resolve("server");
    manifests = server.resolve("manifests");
    staging = new ManifestStaging(data);
  }

  @Test
  void stagesFilesThatOnlyTheirOwnerCanRead() throws IOException {
    StagingOutcome outcome = staging.stage(List.of(DNS, NESTED));

    assertThat(outcome.files())
        .containsExactly(
            new StagedFile("dns.yaml", "dns", Change.WRITTEN, Optional.empty()),
            new StagedFile(
                "metrics/deep/server.yaml", "metrics", Change.WRITTEN, Optional.empty()));
    assertThat(manifests.resolve("dns.yaml")).hasContent("dns: 1\n");
    for (String file :
        List.of("manifests/dns.yaml", "manifests/metrics/deep/server.yaml", ".staged.json")) {
      assertThat(modeOf(server.resolve(file))).isEqualTo("rw-------");
    }
    for (String directory : List.of("", "manifests", "manifests/metrics/deep")) {
      assertThat(modeOf(server.resolve(directory))).isEqualTo("rwx------");
    }
  }

  @Test
  void writesNothingWhenNothingHasChanged() throws IOException {
    staging.stage(List.of(DNS, NESTED));
    FileTime longAgo = FileTime.from(Instant.EPOCH);
    List<Path> all =
        List.of(manifests.resolve("dns.yaml"), server.resolve(".staged.json"), manifests);
    for (Path path : all) {
      Files.setLastModifiedTime(path, longAgo);
    }

    StagingOutcome outcome = new ManifestStaging(data).stage(List.of(DNS, NESTED));

    assertThat(outcome.files()).extracting(StagedFile::change).containsOnly(Change.UNCHANGED);
    for (Path path : all) {
      assertThat(Files.getLastModifiedTime(path)).as("%s", path).isEqualTo(longAgo);
    }
  }

  @Test
  void aNewVersionReplacesTheOneItStaged() {
    staging.stage(List.of(DNS));

    StagingOutcome outcome = new ManifestStaging(data).stage(List.of(DNS_2));

    assertThat(outcome.files())
        .containsExactly(new StagedFile("dns.yaml", "dns", Change.WRITTEN, Optional.empty()));
    assertThat(manifests.resolve("dns.yaml")).hasContent("dns: 2\n");
  }

  @Test
  void anEditedFileIsKeptAsideAndReplaced() throws IOException {
    staging.stage(List.of(DNS, NESTED));
    Files.writeString(manifests.resolve("dns.yaml"), "dns: mine\n");
    Files.writeString(manifests.resolve(NESTED.file()), "mine: too\n");

    StagingOutcome outcome = staging.stage(List.of(DNS, NESTED));

    StagedFile dns = outcome.files().get(0);
    assertThat(dns.change()).isEqualTo(Change.EDITED);
    Path kept = dns.keptAside().orElseThrow();
    assertThat(kept).hasParent(server.resolve("manifests-edited")).hasContent("dns: mine\n");
    assertThat(kept.getFileName().toString()).matches("dns\\.yaml\\.[0-9a-f]{8}");
    assertThat(modeOf(kept)).isEqualTo("rw-------");
    assertThat(modeOf(kept.getParent())).isEqualTo("rwx------");
    assertThat(outcome.files().get(1).keptAside().orElseThrow())
        .hasParent(server.resolve("manifests-edited/metrics/deep"));
    assertThat(manifests.resolve("dns.yaml")).hasContent("dns: 1\n");
  }

  @Test
  void anEditThatIsWhatTheNewVersionShipsIsNone() throws IOException {
    staging.stage(List.of(DNS));
    Files.writeString(manifests.resolve("dns.yaml"), DNS_2.content());

    assertThat(staging.stage(List.of(DNS_2)).files())
        .extracting(StagedFile::change)
        .containsExactly(Change.UNCHANGED);
  }

  @Test
  void aDeletedFileIsWrittenAgain() throws IOException {
    staging.stage(List.of(DNS));
    Files.delete(manifests.resolve("dns.yaml"));

    assertThat(staging.stage(List.of(DNS)).files())
        .extracting(StagedFile::change)
        .containsExactly(Change.WRITTEN);
  }

  @Test
  void aFileThatWasThereBeforePlinthIsKeptAside() throws IOException {
    Files.createDirectories(manifests);
    Files.writeString(manifests.resolve("dns.yaml"), "k3s: wrote this\n");

    assertThat(staging.stage(List.of(DNS)).files().get(0).keptAside().orElseThrow())
        .hasContent("k3s: wrote this\n");
  }

  @Test
  void whatIsNoLongerShippedIsReportedUntilItIsRemoved() {
    staging.stage(List.of(DNS, NESTED));

    StagingOutcome outcome = new ManifestStaging(data).stage(List.of(DNS));

    assertThat(outcome.obsolete()).containsExactly(new ObsoleteFile(NESTED.file(), "metrics"));
    assertThat(manifests.resolve(NESTED.file())).exists();

    assertThat(staging.remove(NESTED.file())).isEmpty();
    assertThat(staging.remove(NESTED.file())).isEmpty();
    assertThat(manifests.resolve("metrics")).doesNotExist();
    assertThat(staging.stage(List.of(DNS)).obsolete()).isEmpty();
  }

  @Test
  void removingKeepsAnEditedFileAndDirectoriesOfTheUser() throws IOException {
    Files.createDirectories(manifests.resolve("metrics"));
    staging.stage(List.of(NESTED));
    Files.writeString(manifests.resolve(NESTED.file()), "mine\n");

    Optional<Path> kept = staging.remove(NESTED.file());

    assertThat(kept.orElseThrow()).hasContent("mine\n");
    assertThat(manifests.resolve("metrics/deep")).doesNotExist();
    assertThat(manifests.resolve("metrics")).isEmptyDirectory();
  }

  @Test
  void removingLeavesWhatWasNotStaged() throws IOException {
    staging.stage(List.of(NESTED));
    Files.writeString(manifests.resolve("users.yaml"), "a: 1\n");
    Files.writeString(manifests.resolve("metrics/deep/users.yaml"), "a: 1\n");

    assertThat(staging.remove("users.yaml")).isEmpty();
    staging.remove(NESTED.file());

    assertThat(manifests.resolve("users.yaml")).exists();
    assertThat(manifests.resolve("metrics/deep/users.yaml")).exists();
    assertThat(manifests.resolve(NESTED.file())).doesNotExist();
  }

  @Test
  void aSkippedFileIsStagedAndSaidToBeSkipped() throws IOException {
    staging.stage(List.of(DNS));
    Files.createFile(manifests.resolve("dns.yaml.skip"));

    assertThat(staging.stage(List.of(DNS_2)).files().get(0).change()).isEqualTo(Change.WRITTEN);
    assertThat(staging.isSkipped("dns.yaml")).isTrue();
    assertThat(staging.isSkipped("other.yaml")).isFalse();
  }

  @Test
  void aDamagedRecordLosesNoEdit() throws IOException {
    for (String damaged :
        List.of(
            "", "{", "null", "[]", "{\"version\":2}", "{\"version\":1,\"files\":{\"a\":null}}")) {
      staging.stage(List.of(DNS));
      Files.writeString(server.resolve(".staged.json"), damaged);
      Files.writeString(manifests.resolve("dns.yaml"), "mine: " + damaged.length() + "\n");

      StagingOutcome outcome = new ManifestStaging(data).stage(List.of(DNS));

      assertThat(outcome.unreadableRecord().orElseThrow()).hasContent(damaged);
      assertThat(outcome.files().get(0).keptAside().orElseThrow())
          .hasContent("mine: " + damaged.length() + "\n");
      assertThat(staging.stage(List.of(DNS)).unreadableRecord()).isEmpty();
    }
  }

  @Test
  void linksInPlaceOfDirectoriesAreNotFollowed(@TempDir Path elsewhere) throws IOException {
    staging.stage(List.of(NESTED));
    Files.delete(manifests.resolve(NESTED.file()));
    Files.delete(manifests.resolve("metrics/deep"));
    Files.createSymbolicLink(manifests.resolve("metrics/deep"), elsewhere);
    Path precious = Files.writeString(elsewhere.resolve("server.yaml"), NESTED.content());

    assertThatExceptionOfType(StagingException.class)
        .isThrownBy(() -> staging.remove(NESTED.file()))
        .withMessageContaining("metrics/deep")
        .withMessageContaining("symbolic link");
    assertThatExceptionOfType(StagingException.class)
        .isThrownBy(() -> staging.stage(List.of(NESTED)));
    assertThat(precious).exists();
  }

  @Test
  void aLinkInPlaceOfAFileIsReplacedItself(@TempDir Path elsewhere) throws IOException {
    Path target = Files.writeString(elsewhere.resolve("target"), "precious\n");
    staging.stage(List.of(DNS));
    Files.delete(manifests.resolve("dns.yaml"));
    Files.createSymbolicLink(manifests.resolve("dns.yaml"), target);

    StagedFile staged = staging.stage(List.of(DNS)).files().get(0);

    assertThat(staged.keptAside().orElseThrow()).hasContent("precious\n");
    assertThat(target).hasContent("precious\n");
    assertThat(manifests.resolve("dns.yaml")).hasContent("dns: 1\n");
    assertThat(Files.isSymbolicLink(manifests.resolve("dns.yaml"))).isFalse();
  }

  @Test
  void whatCannotBeWrittenIsNamed() throws IOException {
    Files.createDirectories(manifests.resolve("dns.yaml/full"));

    assertThatExceptionOfType(StagingException.class)
        .isThrownBy(() -> staging.stage(List.of(DNS)))
        .withMessageContaining(manifests.resolve("dns.yaml").toString())
        .withCauseInstanceOf(IOException.class);

    Path file = Files.createFile(data.resolve("file"));
    assertThatExceptionOfType(StagingException.class)
        .isThrownBy(() -> new ManifestStaging(file).stage(List.of(DNS)))
        .satisfies(e -> assertThat(e.path()).isEqualTo(file));
  }

  @Test
  void oneFileOfTwoAddonsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> staging.stage(List.of(DNS, new StagedManifest("dns.yaml", "", "other"))))
        .withMessage("one file is shipped twice: dns.yaml of dns and dns.yaml of other");
  }

  @Test
  void pathsOutsideOfTheDirectoryAreRefused() {
    for (String file :
        List.of(
            "", "a", "../a.yaml", "a/../../b.yaml", "/a.yaml", ".a.yaml", "a/.b.yaml", "a.skip")) {
      assertThatIllegalArgumentException()
          .as(file)
          .isThrownBy(() -> new StagedManifest(file, "", "x"));
    }
  }

  @Test
  void aProcessMayEndBetweenAnyTwoStepsOfAnUpgrade() throws IOException {
    int steps = stepsUntilDone(files -> stageNewVersion(files), List.of(DNS, NESTED));

    assertThat(steps).isGreaterThan(10);
  }

  @Test
  void aProcessMayEndBetweenAnyTwoStepsOfARemoval() throws IOException {
    int steps =
        stepsUntilDone(
            files -> {
              ManifestStaging interrupted = new ManifestStaging(data, files);
              interrupted.stage(List.of(DNS_2));
              interrupted.remove(NESTED.file());
            },
            List.of(DNS, NESTED));

    assertThat(steps).isGreaterThan(10);
  }

  private void stageNewVersion(PrivateFiles files) {
    new ManifestStaging(data, files)
        .stage(List.of(DNS_2, new StagedManifest("new.yaml", "n: 1\n", "new")));
  }

  /** Runs the action again and again, each time ended one step later, and checks each end. */
  private int stepsUntilDone(
      java.util.function.Consumer<PrivateFiles> action, List<StagedManifest> before)
      throws IOException {
    for (int steps = 0; ; steps++) {
      deleteAll(server);
      staging.stage(before);
      Files.writeString(manifests.resolve(NESTED.file()), "mine\n");
      try {
        action.accept(new EndingFiles(steps));
        return steps;
      } catch (ProcessEnded e) {
        assertConvergesWithoutLosingTheEdit(steps);
      }
    }
  }

  private void assertConvergesWithoutLosingTheEdit(int steps) throws IOException {
    StagingOutcome outcome = new ManifestStaging(data).stage(List.of(DNS_2));

    assertThat(outcome.files())
        .as("after %d steps", steps)
        .extracting(StagedFile::change)
        .doesNotContain(Change.EDITED);
    for (ObsoleteFile obsolete : outcome.obsolete()) {
      new ManifestStaging(data).remove(obsolete.file());
    }
    Map<String, String> left = contents();
    left.remove("server/.staged.json");
    assertThat(left)
        .as("after %d steps", steps)
        .containsEntry("server/manifests/dns.yaml", "dns: 2\n")
        .containsValue("mine\n")
        .hasSize(2);
    assertThat(manifests.resolve("metrics")).doesNotExist();
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(server)) {
      for (Path file : paths.filter(Files::isRegularFile).toList()) {
        contents.put(data.relativize(file).toString(), Files.readString(file));
      }
    }
    return contents;
  }

  private static void deleteAll(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(root)) {
      paths = new ArrayList<>(walk.toList());
    }
    for (int i = paths.size() - 1; i >= 0; i--) {
      Files.delete(paths.get(i));
    }
  }

  private static String modeOf(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class ProcessEnded extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** File operations of a process that ends before one of them. */
  private static final class EndingFiles extends PrivateFiles {

    private int left;

    EndingFiles(int steps) {
      this.left = steps;
    }

    @Override
    boolean createDirectory(Path directory) {
      step();
      return super.createDirectory(directory);
    }

    @Override
    Path writeTemporary(Path file, byte[] content) {
      step();
      return super.writeTemporary(file, content);
    }

    @Override
    void replace(Path file, Path temporary) {
      step();
      super.replace(file, temporary);
    }

    @Override
    void delete(Path file) {
      step();
      super.delete(file);
    }

    @Override
    boolean deleteDirectoryIfEmpty(Path directory) {
      step();
      return super.deleteDirectoryIfEmpty(directory);
    }

    private void step() {
      if (left-- == 0) {
        throw new ProcessEnded();
      }
    }
  }
}
