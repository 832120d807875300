package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.FakeClock;
import dev.plinth.files.ManifestFile;
import dev.plinth.files.ManifestListing;
import dev.plinth.lifecycle.OverlayDirectory.Sight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlayDirectoryTest {

  private static final Duration MOMENT = Duration.ofMillis(20);
  private static final Duration STILL = Duration.ofMillis(300);

  @TempDir Path root;

  private final FakeClock clock = new FakeClock();
  private final OverlayDirectory directory = new OverlayDirectory("shop", clock);
  private long look = 1;
  private Map<String, String> copied = Map.of();

  @BeforeEach
  void makeDirectory() throws IOException {
    Files.createDirectory(root.resolve("shop"));
  }

  @Test
  void theFirstLookTakesWhatIsThere() throws IOException {
    write("a.yaml", "a");
    assertThat(look(false).settled()).isFalse();
    clock.advance(MOMENT);

    Sight sight = look(false);

    assertThat(sight.settled()).isTrue();
    assertThat(sight.files()).isEqualTo(Map.of("a.yaml", "a"));
    assertThat(directory.changed()).isEmpty();
  }

  @Test
  void aChangeCountsOnceTheFileIsStillAndIsRememberedUntilItIsCopied() throws IOException {
    begin("a.yaml", "a");

    write("a.yaml", "b");
    assertThat(look(false).files()).isEqualTo(Map.of("a.yaml", "a"));
    clock.advance(MOMENT);
    assertThat(look(false).files()).isEqualTo(Map.of("a.yaml", "a"));
    clock.advance(STILL);

    assertThat(look(false).files()).isEqualTo(Map.of("a.yaml", "b"));
    assertThat(directory.changed()).containsExactly("a.yaml");
    directory.copied();
    assertThat(directory.changed()).isEmpty();
  }

  @Test
  void aFileIsGoneOnlyAfterAWhileUnlessItWentWhileNobodyLooked() throws IOException {
    copied = Map.of("old.yaml", "x");
    begin("a.yaml", "a");
    assertThat(look(false).files()).containsOnlyKeys("a.yaml");

    Files.delete(root.resolve("shop/a.yaml"));
    Sight sight = look(false);
    assertThat(sight.files()).containsOnlyKeys("a.yaml");
    assertThat(sight.again()).contains(Duration.ofSeconds(2));
    clock.advance(Duration.ofSeconds(2));

    assertThat(look(false).files()).isEmpty();
  }

  @Test
  void ofADirectoryThatIsNotThereNothingIsGone() throws IOException {
    copied = Map.of("a.yaml", "a");
    Files.delete(root.resolve("shop"));

    Sight sight = look(true);
    clock.advance(Duration.ofMinutes(1));

    assertThat(sight.files()).isEqualTo(copied);
    assertThat(look(true).files()).isEqualTo(copied);
  }

  @Test
  void aSkippedFileCountsAsAbsent() throws IOException {
    begin("a.yaml", "a");

    write("a.yaml.skip", "");

    assertThat(look(false).files()).isEmpty();
  }

  @Test
  void whatCannotBeCopiedIsToldAndWhatItWasStays() throws IOException {
    begin("a.yaml", "a");

    Files.write(root.resolve("shop/a.yaml"), new byte[] {'a', (byte) 0xff});
    write("two words.yaml", "b");
    write("deep/b.yaml", "b");
    write("secret.yaml", "{kind: Secret, data: {a: hidden}");
    look++;
    look(false);
    clock.advance(STILL);
    Sight sight = look(false);

    assertThat(sight.files()).isEqualTo(Map.of("a.yaml", "a"));
    assertThat(sight.problems().stream().map(it -> it.message()).toList())
        .hasSize(4)
        .anySatisfy(it -> assertThat(it).startsWith("overlays/shop/a.yaml:1:2:"))
        .anySatisfy(it -> assertThat(it).startsWith("overlays/shop/two words.yaml: its name"))
        .anySatisfy(it -> assertThat(it).startsWith("overlays/shop/deep/b.yaml: it is in a dir"))
        .anySatisfy(it -> assertThat(it).startsWith("overlays/shop/secret.yaml:"))
        .noneSatisfy(it -> assertThat(it).contains("hidden"));
  }

  private void begin(String name, String content) throws IOException {
    write(name, content);
    look(false);
    clock.advance(MOMENT);
    assertThat(look(false).settled()).isTrue();
  }

  private void write(String name, String content) throws IOException {
    Path file = root.resolve("shop").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    look++;
  }

  private Sight look(boolean unmounted) {
    List<ManifestFile> files =
        ManifestListing.of(root, it -> false).files().stream()
            .map(it -> new ManifestFile(it.path(), it.location(), it.linked(), it.skipped(), look))
            .toList();
    return directory.look(files, copied, unmounted);
  }
}
