package dev.plinth.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.files.ManifestWatch.Intervals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a real file system, by events unless a test says otherwise. */
@Timeout(30)
class ManifestWatchTest {

  private static final Intervals EVENTS_ONLY = new Intervals(Duration.ofHours(1), 1000);
  private static final Duration SOON = Duration.ofSeconds(5);

  @TempDir Path data;

  private final Heard heard = new Heard();
  private Path root;
  private ManifestWatch watch;

  /** What the listener was told, added up. */
  private static final class Heard implements ManifestWatch.Listener {

    private final Map<String, ManifestFile> files = new ConcurrentSkipListMap<>();
    private final Map<String, Integer> times = new ConcurrentHashMap<>();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile Set<String> directories = Set.of();
    private volatile Map<String, String> problems = Map.of();

    @Override
    public void changed(List<ManifestFile> found, List<ManifestPath> gone, Set<String> dirs) {
      calls.incrementAndGet();
      gone.forEach(it -> files.remove(it.path()));
      found.forEach(it -> files.put(it.path().path(), it));
      found.forEach(it -> times.merge(it.path().path(), 1, Integer::sum));
      directories = dirs;
    }

    @Override
    public void unreadable(Map<String, String> now) {
      problems = new TreeMap<>(now);
    }

    @Override
    public void withoutEvents(String reason, Duration noticedWithin) {
      throw new AssertionError(reason);
    }

    int times(String path) {
      return times.getOrDefault(path, 0);
    }
  }

  @BeforeEach
  void begin() throws IOException {
    root = Files.createDirectories(data.resolve("server/manifests"));
  }

  @AfterEach
  void end() {
    if (watch != null) {
      watch.close();
    }
  }

  @Test
  void all_that_is_there_is_told_at_the_start() throws Exception {
    write("web.yaml");
    write("a/b/c.yml");
    write("a/README.md");
    write(".git/config.yaml");
    write("packaged.yaml");

    start();

    assertThat(heard.files.keySet()).containsExactly("a/b/c.yml", "web.yaml");
    assertThat(heard.directories).containsExactlyInAnyOrder("", "a", "a/b");
    assertThat(heard.files.get("a/b/c.yml").location()).isEqualTo(root.resolve("a/b/c.yml"));
  }

  @Test
  void files_that_come_change_and_go_are_told() throws Exception {
    start();

    write("web.yaml");
    awaitFiles("web.yaml");
    int times = heard.times("web.yaml");
    long look = heard.files.get("web.yaml").look();
    write("web.yaml");
    await().atMost(SOON).until(() -> heard.times("web.yaml") > times);
    assertThat(heard.files.get("web.yaml").look()).isGreaterThan(look);
    Files.delete(root.resolve("web.yaml"));
    awaitFiles();
    write("web.yaml");
    awaitFiles("web.yaml");
    assertThat(heard.files.get("web.yaml").look()).isGreaterThan(look);
  }

  @Test
  void a_file_that_is_replaced_as_editors_do_it_is_told() throws Exception {
    write("web.yaml");
    start();

    Path temporary = Files.writeString(root.resolve(".web.yaml.swp"), "new");
    Files.move(temporary, root.resolve("web.yaml"), StandardCopyOption.ATOMIC_MOVE);

    await().atMost(SOON).until(() -> heard.times("web.yaml") > 1);
    assertThat(heard.files).containsOnlyKeys("web.yaml");
  }

  @Test
  void directories_that_come_are_watched_and_those_that_go_take_their_files_along()
      throws Exception {
    start();

    write("a/b/c/web.yaml");
    awaitFiles("a/b/c/web.yaml");
    write("a/b/c/other.yaml");
    awaitFiles("a/b/c/other.yaml", "a/b/c/web.yaml");

    Files.move(root.resolve("a"), root.resolve("z"));
    awaitFiles("z/b/c/other.yaml", "z/b/c/web.yaml");
    write("z/b/c/third.yaml");
    awaitFiles("z/b/c/other.yaml", "z/b/c/third.yaml", "z/b/c/web.yaml");

    Files.move(root.resolve("z"), data.resolve("elsewhere"));
    awaitFiles();
    Files.writeString(data.resolve("elsewhere/b/c/fourth.yaml"), "");
    write("seen.yaml");
    awaitFiles("seen.yaml");
  }

  @Test
  void a_change_of_what_a_link_leads_to_is_told() throws Exception {
    Path outside = Files.createDirectories(data.resolve("outside/deep"));
    Path target = Files.writeString(outside.resolve("real.txt"), "a");
    Path middle = Files.createSymbolicLink(data.resolve("middle"), target);
    Files.createSymbolicLink(root.resolve("web.yaml"), middle);
    start();
    assertThat(heard.files).containsOnlyKeys("web.yaml");

    int first = heard.times("web.yaml");
    Files.writeString(target, "b");
    await().atMost(SOON).until(() -> heard.times("web.yaml") > first);

    int second = heard.times("web.yaml");
    Path other = Files.writeString(data.resolve("outside/other.txt"), "c");
    Path fresh = Files.createSymbolicLink(data.resolve("fresh"), other);
    Files.move(fresh, middle, StandardCopyOption.ATOMIC_MOVE);
    await().atMost(SOON).until(() -> heard.times("web.yaml") > second);

    int third = heard.times("web.yaml");
    Files.writeString(other, "d");
    await().atMost(SOON).until(() -> heard.times("web.yaml") > third);
  }

  /** Two directories and a link that is put in place of another: so a ConfigMap is mounted. */
  @Test
  void files_of_a_mounted_config_map_are_told_once_each_and_again_when_it_changes()
      throws Exception {
    Path mount = Files.createDirectories(root.resolve("mount"));
    Files.createDirectories(mount.resolve("..2026_1"));
    Files.writeString(mount.resolve("..2026_1/web.yaml"), "a");
    Files.createSymbolicLink(mount.resolve("..data"), Path.of("..2026_1"));
    Files.createSymbolicLink(mount.resolve("web.yaml"), Path.of("..data/web.yaml"));
    start();
    assertThat(heard.files).containsOnlyKeys("mount/web.yaml");

    int times = heard.times("mount/web.yaml");
    Files.createDirectories(mount.resolve("..2026_2"));
    Files.writeString(mount.resolve("..2026_2/web.yaml"), "b");
    Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("..2026_2"));
    Files.move(
        mount.resolve("..data_tmp"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

    await().atMost(SOON).until(() -> heard.times("mount/web.yaml") > times);
    assertThat(heard.files).containsOnlyKeys("mount/web.yaml");
  }

  @Test
  void a_linked_directory_is_watched_and_marked_and_links_to_directories_in_it_are_not_followed()
      throws Exception {
    Path outside = Files.createDirectories(data.resolve("outside"));
    Files.writeString(outside.resolve("web.yaml"), "a");
    Files.createSymbolicLink(root.resolve("linked"), outside);
    write("real.yaml");
    start();
    assertThat(heard.files.get("linked/web.yaml").linked()).isTrue();
    assertThat(heard.files.get("real.yaml").linked()).isFalse();

    Files.writeString(outside.resolve("other.yaml"), "b");
    awaitFiles("linked/other.yaml", "linked/web.yaml", "real.yaml");

    Path further = Files.createDirectories(data.resolve("further"));
    Files.writeString(further.resolve("hidden.yaml"), "c");
    Files.createSymbolicLink(outside.resolve("further"), further);
    Path swapped = Files.createDirectories(data.resolve("swapped"));
    Files.writeString(swapped.resolve("new.yaml"), "d");
    Path link = Files.createSymbolicLink(root.resolve(".link"), swapped);
    Files.move(link, root.resolve("linked"), StandardCopyOption.ATOMIC_MOVE);
    awaitFiles("linked/new.yaml", "real.yaml");

    Files.writeString(swapped.resolve("later.yaml"), "e");
    awaitFiles("linked/later.yaml", "linked/new.yaml", "real.yaml");
  }

  @Test
  void links_in_circles_are_survived() throws Exception {
    write("a/web.yaml");
    Files.createSymbolicLink(root.resolve("a/up"), Path.of(".."));
    Files.createSymbolicLink(root.resolve("a/self"), Path.of("."));
    Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
    Files.createSymbolicLink(root.resolve("one.yaml"), Path.of("two.yaml"));
    Files.createSymbolicLink(root.resolve("two.yaml"), Path.of("one.yaml"));

    start();

    assertThat(heard.files).containsOnlyKeys("a/web.yaml", "one.yaml", "two.yaml");
    write("a/other.yaml");
    awaitFiles("a/other.yaml", "a/web.yaml", "one.yaml", "two.yaml");
  }

  @Test
  void a_link_to_nowhere_is_there_and_told_again_when_it_leads_somewhere() throws Exception {
    Path later = data.resolve("later");
    Files.createSymbolicLink(root.resolve("web.yaml"), later);
    start();
    assertThat(heard.files).containsOnlyKeys("web.yaml");

    int times = heard.times("web.yaml");
    Files.writeString(later, "a");
    await().atMost(SOON).until(() -> heard.times("web.yaml") > times);
  }

  @Test
  void a_skip_file_is_for_its_directory_and_one_at_the_root_for_all() throws Exception {
    write("web.yaml");
    write("a/web.yaml");
    write("b/web.yaml");
    write("b/other.yaml");
    start();
    awaitSkipped();

    write("a/web.yaml.skip");
    awaitSkipped("a/web.yaml");
    write("web.yaml.skip");
    awaitSkipped("a/web.yaml", "b/web.yaml", "web.yaml");
    Files.delete(root.resolve("web.yaml.skip"));
    awaitSkipped("a/web.yaml");
    Files.delete(root.resolve("a/web.yaml.skip"));
    awaitSkipped();
  }

  @Test
  void a_storm_of_changes_is_told_completely_and_not_one_by_one() throws Exception {
    start();
    int calls = heard.calls.get();

    for (int i = 0; i < 1000; i++) {
      Files.writeString(root.resolve("f" + i + ".yaml"), "a");
    }
    await().atMost(SOON).until(() -> heard.files.size() == 1000);
    assertThat(heard.calls.get() - calls).isLessThan(1000);
    for (int i = 0; i < 1000; i++) {
      Files.delete(root.resolve("f" + i + ".yaml"));
    }
    await().atMost(SOON).until(heard.files::isEmpty);
  }

  /** The JDK holds 512 events of a directory: a listener that is busy makes them overflow. */
  @Test
  void an_overflow_of_events_loses_nothing() throws Exception {
    Path many = Files.createDirectories(root.resolve("many"));
    start();
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 2000; i++) {
        Files.createFile(many.resolve(round + "-" + i + ".yaml"));
      }
    }
    await().atMost(SOON).until(() -> heard.files.size() == 10_000);
  }

  @Test
  void a_manifests_directory_that_goes_takes_nothing_along_and_is_watched_again_when_it_is_back()
      throws Exception {
    write("web.yaml");
    write("a/other.yaml");
    start();

    Files.move(root, data.resolve("server/away"));
    await().atMost(SOON).until(() -> heard.problems.equals(Map.of("", "is missing")));
    assertThat(heard.files).containsOnlyKeys("a/other.yaml", "web.yaml");

    Files.createDirectory(root);
    write("new.yaml");
    await().atMost(SOON).until(() -> heard.problems.isEmpty());
    awaitFiles("new.yaml");
    write("later/again.yaml");
    awaitFiles("later/again.yaml", "new.yaml");
  }

  @Test
  void a_manifests_directory_may_be_a_link() throws Exception {
    Files.delete(root);
    Path one = Files.createDirectories(data.resolve("one"));
    Path two = Files.createDirectories(data.resolve("two"));
    Files.writeString(two.resolve("two.yaml"), "a");
    Files.createSymbolicLink(root, one);
    start();

    Files.writeString(one.resolve("web.yaml"), "a");
    awaitFiles("web.yaml");
    assertThat(heard.files.get("web.yaml").linked()).isFalse();
    Path link = Files.createSymbolicLink(data.resolve("server/link"), two);
    Files.move(link, root, StandardCopyOption.ATOMIC_MOVE);
    awaitFiles("two.yaml");
  }

  @Test
  void a_directory_that_becomes_a_file_and_back_is_followed() throws Exception {
    write("a.yaml/web.yaml");
    start();
    assertThat(heard.files).containsOnlyKeys("a.yaml/web.yaml");

    Files.delete(root.resolve("a.yaml/web.yaml"));
    Files.delete(root.resolve("a.yaml"));
    write("a.yaml");
    awaitFiles("a.yaml");
    Files.delete(root.resolve("a.yaml"));
    write("a.yaml/web.yaml");
    awaitFiles("a.yaml/web.yaml");
  }

  @Test
  void what_was_in_a_directory_that_is_a_file_now_is_gone() throws Exception {
    write("a.yaml");
    TreePart found =
        new TreeScan(root, new DirectoryWatches(Optional.empty())).scan("a.yaml/b.yaml");

    assertThat(found.files()).isEmpty();
  }

  @Test
  void a_look_at_everything_finds_what_no_event_told_of() throws Exception {
    Path outside = Files.createDirectories(data.resolve("outside"));
    Path hard = Files.writeString(outside.resolve("hard"), "a");
    Files.createLink(root.resolve("web.yaml"), hard);
    watch = new ManifestWatch(root, it -> false, heard, new Intervals(ms(100), 1000), "test");
    watch.start().get(5, TimeUnit.SECONDS);

    // Events are those of the directory through which a file is written: here another one.
    Files.writeString(hard, "bb");

    await().atMost(SOON).until(() -> heard.times("web.yaml") == 2);
  }

  @Test
  void now_and_then_all_files_are_to_be_read_whatever_they_look_like() throws Exception {
    write("web.yaml");
    watch = new ManifestWatch(root, it -> false, heard, new Intervals(ms(20), 5), "test");
    watch.start();

    await().atMost(SOON).until(() -> heard.times("web.yaml") >= 3);
  }

  @Test
  void a_look_can_be_asked_for_and_ends_with_the_watch() throws Exception {
    start();
    write("web.yaml");
    watch.rescan().get(5, TimeUnit.SECONDS);
    assertThat(heard.files).containsOnlyKeys("web.yaml");

    watch.close();
    watch.rescan().get(5, TimeUnit.SECONDS);
  }

  @Test
  void no_thread_is_left() throws Exception {
    start();
    assertThat(threads()).containsExactlyInAnyOrder("test-look", "test-watch");

    watch.close();

    await().atMost(SOON).until(() -> threads().isEmpty());
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(it -> it.startsWith("test-"))
        .toList();
  }

  private void start() throws Exception {
    watch =
        new ManifestWatch(
            root, it -> it.path().equals("packaged.yaml"), heard, EVENTS_ONLY, "test");
    watch.start().get(5, TimeUnit.SECONDS);
  }

  private void awaitFiles(String... paths) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(heard.files.keySet()).containsExactly(paths));
  }

  private void awaitSkipped(String... paths) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(heard.files.values().stream().filter(ManifestFile::skipped))
                    .extracting(it -> it.path().path())
                    .containsExactly(paths));
  }

  private void write(String file) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, "content");
  }

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }
}
