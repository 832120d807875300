package dev.plinth.overlay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one server has to write into the ConfigMap of an add-on's overlays, so that it holds what
 * lies on this server's disk. Files that others have too are owned together as long as they are the
 * same. Where they differ the one in the cluster stays, unless this server saw its file change.
 *
 * @param addon name of the add-on
 * @param mine what this server is to own, content by base name
 * @param result what the ConfigMap holds then
 * @param needed whether that differs from what it is
 * @param rivals who else wrote another content of a file of this server, which stays; by base name
 */
public record OverlayCopy(
    String addon,
    SortedMap<String, String> mine,
    SortedMap<String, String> result,
    boolean needed,
    SortedMap<String, String> rivals) {

  /** What a ConfigMap may hold, keys and values together: the API server's limit. */
  public static final int MOST_BYTES = 1024 * 1024;

  private static final String SERVERS = "plinth-overlay-";

  public OverlayCopy {
    mine = ImmutableSortedMap.copyOf(mine);
    result = ImmutableSortedMap.copyOf(result);
    rivals = ImmutableSortedMap.copyOf(rivals);
  }

  /**
   * Compares; writes nothing.
   *
   * @param live the ConfigMap; empty if there is none
   * @param fieldManager this server's
   * @param disk what lies on disk, content by base name
   * @param changed files that this server saw change, which it may take over from others
   */
  public static OverlayCopy of(
      String addon,
      Optional<ObjectNode> live,
      String fieldManager,
      SortedMap<String, String> disk,
      Set<String> changed) {
    SortedMap<String, String> known = live.map(OverlayCopy::data).orElseGet(TreeMap::new);
    SortedMap<String, String> mine = new TreeMap<>();
    SortedMap<String, String> rivals = new TreeMap<>();
    disk.forEach(
        (name, content) -> {
          SortedSet<String> others = live.map(it -> owners(it, name)).orElseGet(TreeSet::new);
          others.remove(fieldManager);
          boolean differs = known.containsKey(name) && !known.get(name).equals(content);
          if (differs && !others.isEmpty() && !changed.contains(name)) {
            rivals.put(name, others.stream().map(OverlayCopy::describe).collect(joining(", ")));
          } else {
            mine.put(name, content);
          }
        });
    SortedSet<String> owned = live.map(it -> ownedBy(it, fieldManager)).orElseGet(TreeSet::new);
    SortedMap<String, String> result = new TreeMap<>(known);
    owned.stream().filter(it -> owners(live.orElseThrow(), it).size() == 1).forEach(result::remove);
    result.putAll(mine);
    boolean needed = !owned.equals(mine.keySet()) || !result.equals(known);
    return new OverlayCopy(addon, mine, result, needed, rivals);
  }

  /** Whether nobody has overlays of the add-on any more, so that the ConfigMap goes. */
  public boolean isLast() {
    return result.isEmpty();
  }

  /** Whether the API server would take a ConfigMap of that size. */
  public boolean fits() {
    return bytes() <= MOST_BYTES;
  }

  /** Why not all that is on disk is to be in the cluster. */
  public List<OverlayProblem> problems() {
    List<OverlayProblem> problems = new ArrayList<>();
    rivals.forEach(
        (name, others) ->
            problems.add(
                notCopied(
                    OverlayFile.source(addon, name),
                    "the cluster has another content, written by %s, which stays; change the file here while the server runs to have it taken, or edit ConfigMap %s/%s"
                        .formatted(others, OverlayMaps.NAMESPACE, OverlayMaps.nameOf(addon)))));
    if (!fits()) {
      problems.add(
          notCopied(
              directory(),
              "found %d bytes in all, expected at most %d, which is what a ConfigMap can hold; what was copied before stays"
                  .formatted(bytes(), MOST_BYTES)));
    }
    return problems;
  }

  /** That the API server refuses it. */
  public OverlayProblem refused(String why) {
    return notCopied(
        directory(),
        "cannot be copied to ConfigMap %s/%s: %s"
            .formatted(OverlayMaps.NAMESPACE, OverlayMaps.nameOf(addon), why));
  }

  private String directory() {
    return OverlayFile.source(addon, "");
  }

  private static OverlayProblem notCopied(String source, String what) {
    return new OverlayProblem(source, OverlayProblem.NOT_COPIED, source + ": " + what);
  }

  private long bytes() {
    return result.entrySet().stream()
        .mapToLong(it -> (long) utf8(it.getKey()) + utf8(it.getValue()))
        .sum();
  }

  /**
   * What is applied.
   *
   * @param resourceVersion of the ConfigMap that was looked at; empty if there was none
   */
  ObjectNode body(Optional<String> resourceVersion) {
    return OverlayMaps.body(OverlayMaps.nameOf(addon), addon, mine, resourceVersion);
  }

  /** Base names of the files that this field manager, by applying, put into a ConfigMap. */
  public static SortedSet<String> ownedBy(ObjectNode live, String fieldManager) {
    SortedSet<String> names = new TreeSet<>();
    for (JsonNode entry : live.path("metadata").path("managedFields")) {
      if (entry.path("manager").asText().equals(fieldManager)
          && entry.path("operation").asText().equals("Apply")) {
        entry
            .path("fieldsV1")
            .path("f:data")
            .fieldNames()
            .forEachRemaining(
                it -> {
                  if (it.startsWith("f:")) {
                    names.add(it.substring(2));
                  }
                });
      }
    }
    return ImmutableSortedSet.copyOf(names);
  }

  /** What a ConfigMap holds, as far as it is text. */
  static SortedMap<String, String> data(ObjectNode live) {
    SortedMap<String, String> data = new TreeMap<>();
    live.path("data").properties().forEach(it -> data.put(it.getKey(), it.getValue().asText()));
    return data;
  }

  private static SortedSet<String> owners(ObjectNode live, String name) {
    SortedSet<String> owners = new TreeSet<>();
    for (JsonNode entry : live.path("metadata").path("managedFields")) {
      if (entry.path("fieldsV1").path("f:data").has("f:" + name)) {
        owners.add(entry.path("manager").asText());
      }
    }
    return owners;
  }

  private static String describe(String manager) {
    return manager.startsWith(SERVERS) ? "server " + manager.substring(SERVERS.length()) : manager;
  }

  private static int utf8(String text) {
    return text.getBytes(UTF_8).length;
  }
}
