package dev.plinth.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.FakeClock;
import dev.plinth.files.FileReading.Look;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileReadingTest {

  private static final int MOST_BYTES = 1000;

  @TempDir Path directory;

  private final FakeClock clock = new FakeClock();
  private Path file;
  private FileReading reading;

  @BeforeEach
  void begin() {
    file = directory.resolve("web.yaml");
    reading = new FileReading(file, MOST_BYTES, clock);
  }

  @Test
  void the_content_counts_once_two_looks_apart_see_the_same() throws IOException {
    Files.writeString(file, "a");
    Instant first = clock.instant();

    assertThat(reading.look(1)).isEqualTo(new Look.Unsettled(FileReading.APART));
    clock.advance(Duration.ofMillis(15));
    assertThat(reading.look(1)).isEqualTo(new Look.Unsettled(Duration.ofMillis(5)));
    clock.advance(Duration.ofMillis(5));

    assertThat(content(reading.look(1))).isEqualTo("a");
    assertThat(((Look.Content) reading.look(1)).since()).isEqualTo(first);
  }

  @Test
  void a_file_that_is_being_written_is_not_read_before_it_is_still() throws IOException {
    for (int i = 1; i <= 10; i++) {
      Files.writeString(file, "a".repeat(i));
      assertThat(reading.look(1)).isInstanceOf(Look.Unsettled.class);
      clock.advance(FileReading.APART);
    }

    assertThat(content(reading.look(1))).isEqualTo("a".repeat(10));
  }

  @Test
  void a_file_that_is_truncated_and_written_again_within_the_time_is_not_seen_empty()
      throws IOException {
    Files.writeString(file, "before");
    settle(1);

    Files.writeString(file, "");
    assertThat(reading.look(2)).isInstanceOf(Look.Unsettled.class);
    clock.advance(Duration.ofMillis(5));
    Files.writeString(file, "after");
    assertThat(reading.look(2)).isInstanceOf(Look.Unsettled.class);
    clock.advance(FileReading.APART);

    assertThat(content(reading.look(2))).isEqualTo("after");
  }

  @Test
  void a_change_that_shows_in_nothing_but_the_content_is_read() throws IOException {
    Files.writeString(file, "aaaa");
    var time = Files.getLastModifiedTime(file);
    settle(1);
    Files.writeString(file, "bbbb");
    Files.setLastModifiedTime(file, time);

    assertThat(content(settle(2))).isEqualTo("bbbb");
  }

  @Test
  void nothing_is_read_without_a_hint_at_a_change_or_a_wish() throws IOException {
    Files.writeString(file, "a");
    settle(1);
    Files.writeString(file, "b");

    assertThat(content(reading.look(1))).isEqualTo("a");
    reading.lookAnew(1);
    clock.advance(FileReading.APART);
    assertThat(content(reading.lookAnew(1))).isEqualTo("b");
  }

  @Test
  void it_is_told_since_when_the_content_is_the_same() throws IOException {
    Files.writeString(file, "a");
    Instant first = clock.instant();
    settle(1);
    clock.advance(Duration.ofSeconds(3));

    assertThat(((Look.Content) reading.lookAnew(1)).since()).isEqualTo(first);
  }

  @Test
  void a_clock_that_is_set_back_delays_and_nothing_else() throws IOException {
    Files.writeString(file, "a");
    reading.look(1);
    clock.advance(Duration.ofHours(-1));

    assertThat(reading.look(1)).isEqualTo(new Look.Unsettled(FileReading.APART));
    clock.advance(FileReading.APART);
    assertThat(content(reading.look(1))).isEqualTo("a");
  }

  @Test
  void a_link_is_read_through_and_one_to_nowhere_is_told() throws IOException {
    Path target = Files.writeString(directory.resolve("target"), "a");
    Files.createSymbolicLink(file, target);
    assertThat(content(settle(1))).isEqualTo("a");

    Files.delete(target);
    assertThat(problem(settle(2))).isEqualTo("it is a symbolic link that leads to no file");

    Files.writeString(target, "b");
    assertThat(content(settle(2))).as("without a hint: an error is looked at again").isEqualTo("b");
  }

  @Test
  void a_file_that_went_is_told() {
    assertThat(problem(settle(1))).isEqualTo("it is not there any more");
  }

  @Test
  void what_is_no_regular_file_is_not_opened() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();

    assertThat(problem(settle(1))).isEqualTo("it is no regular file");
  }

  @Test
  void a_file_that_is_too_large_is_not_read() throws IOException {
    try (RandomAccessFile huge = new RandomAccessFile(file.toFile(), "rw")) {
      huge.setLength(1L << 40);
    }

    assertThat(problem(settle(1))).isEqualTo("found 1099511627776 bytes, expected at most 1000");
  }

  private Look settle(long look) {
    Look seen = reading.look(look);
    while (seen instanceof Look.Unsettled unsettled) {
      clock.advance(unsettled.again());
      seen = reading.look(look);
    }
    return seen;
  }

  private static String content(Look look) {
    assertThat(look).isInstanceOf(Look.Content.class);
    return new String(((Look.Content) look).content(), UTF_8);
  }

  private static String problem(Look look) {
    assertThat(look).isInstanceOf(Look.Unreadable.class);
    return ((Look.Unreadable) look).problem();
  }
}
