package dev.plinth.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plinth.SmallDisk;
import dev.plinth.manifest.StagingOutcome.Change;
import dev.plinth.manifest.StagingOutcome.StagedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Staging on a disk that is full or read-only loses nothing, and goes on once it is not. */
class StagingDiskFaultTest {

  private static final StagedManifest OLD = manifest("old");
  private static final StagedManifest NEW = manifest("new");
  private static final StagedManifest OTHER =
      new StagedManifest("sub/other.yaml", "x: y\n", "other");

  @TempDir Path data;

  private SmallDisk disk;
  private ManifestStaging staging;
  private Path file;

  @BeforeEach
  void mount() throws Exception {
    disk = SmallDisk.mountedOn(data);
    staging = new ManifestStaging(data);
    file = data.resolve("server/manifests/dns.yaml");
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      disk.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void aFullDiskKeepsWhatWasThereWhereverItIsFull(int blocksLeft) throws Exception {
    staging.stage(List.of(OLD));
    Files.writeString(file, "# edited by the user\n");
    disk.fill(blocksLeft);

    assertThatExceptionOfType(StagingException.class)
        .isThrownBy(() -> staging.stage(List.of(NEW, OTHER)))
        .withMessageContaining(data.toString())
        .withMessageContaining("No space left on device");
    assertThat(editsIn(data.resolve("server"))).isNotEmpty();

    disk.free();
    List<StagedFile> staged = new ManifestStaging(data).stage(List.of(NEW, OTHER)).files();

    assertThat(file).hasBinaryContent(NEW.bytes());
    assertThat(editsIn(data.resolve("server/manifests-edited"))).hasSize(1);
    assertThat(staged).extracting(StagedFile::change).doesNotContain(Change.UNCHANGED);
    assertThat(files(data)).noneMatch(it -> it.toString().contains("plinth-tmp"));
  }

  @Test
  void aDiskThatIsReadOnlyIsToldByName() throws Exception {
    staging.stage(List.of(OLD));
    disk.readOnly(true);

    assertThat(staging.stage(List.of(OLD)).files())
        .as("nothing is to be written")
        .extracting(StagedFile::change)
        .containsExactly(Change.UNCHANGED);
    assertThatExceptionOfType(StagingException.class)
        .isThrownBy(() -> staging.stage(List.of(NEW)))
        .withMessageContaining(data.toString())
        .withMessageContaining("Read-only file system");
    assertThat(file).hasBinaryContent(OLD.bytes());

    disk.readOnly(false);
    staging.stage(List.of(NEW));
    assertThat(file).hasBinaryContent(NEW.bytes());
  }

  @Test
  void aDirectoryInThePlaceOfAFileIsToldByNameAndKept() throws Exception {
    Files.createDirectories(file.resolve("mine"));

    assertThatExceptionOfType(StagingException.class)
        .isThrownBy(() -> staging.stage(List.of(NEW)))
        .withMessageContaining(file.toString());
    assertThat(file.resolve("mine")).isDirectory();
  }

  @Test
  void aRecordThatCannotBeReadIsToldByName() throws Exception {
    staging.stage(List.of(OLD));
    Path record = data.resolve("server/.staged.json");
    Files.delete(record);
    Files.createSymbolicLink(record, Path.of("/proc/self/mem"));

    assertThatExceptionOfType(StagingException.class)
        .isThrownBy(() -> staging.stage(List.of(NEW)))
        .withMessageContaining(record.toString());
    assertThat(file).hasBinaryContent(OLD.bytes());
  }

  @Test
  void aDataDirectoryThatIsRemovedIsMadeAnew() throws Exception {
    staging.stage(List.of(OLD, OTHER));
    for (Path each : files(data.resolve("server")).toArray(Path[]::new)) {
      Files.delete(each);
    }

    assertThat(staging.stage(List.of(OLD, OTHER)).files())
        .extracting(StagedFile::change)
        .containsOnly(Change.WRITTEN);
  }

  /** Large enough to need blocks of its own. */
  private static StagedManifest manifest(String version) {
    return new StagedManifest("dns.yaml", "# %s\n".formatted(version).repeat(2000), "dns");
  }

  private static List<Path> editsIn(Path directory) throws IOException {
    return files(directory)
        .filter(Files::isRegularFile)
        .filter(it -> contentOf(it).contains("edited by the user"))
        .toList();
  }

  private static String contentOf(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.sorted(Comparator.reverseOrder()).toList().stream();
    }
  }
}
