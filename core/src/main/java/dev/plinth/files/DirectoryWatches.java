package dev.plinth.files;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which directories are watched, and which paths of the tree a file event is about. A directory may
 * be in the tree more than once, through links, and may hold what a link leads to: both by one key,
 * as a watch belongs to the directory and not to its name.
 *
 * <p>Changed by one thread; {@link #concerned} may be called by another one.
 */
final class DirectoryWatches implements TreeScan.Visitor {

  private static final int MOST_HOPS = 40;

  private final Optional<WatchService> service;
  private final Map<WatchKey, Set<Use>> uses = new ConcurrentHashMap<>();
  private final TreeMap<String, Set<WatchKey>> keys = new TreeMap<>();
  private Map<WatchKey, Set<Use>> unconfirmed = Map.of();
  private Optional<String> obstacle = Optional.empty();

  /**
   * What a watched directory is good for.
   *
   * @param path the path of the tree that is concerned
   * @param name the name in that directory that it depends on; empty if it is that directory
   */
  private record Use(String path, Optional<String> name) {

    Optional<String> pathFor(String changed) {
      if (name.isPresent()) {
        return name.filter(changed::equals).map(it -> path);
      }
      return Optional.of(path.isEmpty() ? changed : path + "/" + changed);
    }
  }

  /**
   * @param service empty if there are no events at all
   */
  DirectoryWatches(Optional<WatchService> service) {
    this.service = service;
  }

  /** Runs a scan of a path; watches that it does not ask for any more end after it. */
  void during(String path, Runnable scan) {
    Set<WatchKey> before = new HashSet<>();
    for (String old : TreePart.keysAt(path, keys.navigableKeySet())) {
      before.addAll(keys.remove(old));
    }
    Map<WatchKey, Set<Use>> stale = new HashMap<>();
    for (WatchKey key : before) {
      stale.put(
          key,
          uses.getOrDefault(key, Set.of()).stream()
              .filter(it -> it.path().equals(path) || TreePart.isBelow(it.path(), path))
              .collect(Collectors.toCollection(HashSet::new)));
    }
    unconfirmed = stale;
    scan.run();
    unconfirmed = Map.of();
    stale.forEach(this::forget);
  }

  @Override
  public void directory(String path, Path directory) {
    watch(directory, new Use(path, Optional.empty()));
  }

  @Override
  public void link(String path, Path link) {
    for (Path hop : hops(link)) {
      if (hop.getFileName() != null) {
        watch(hop.getParent(), new Use(path, Optional.of(hop.getFileName().toString())));
      }
    }
  }

  /** Paths that the events of a key are about: files, or directories of which all is in doubt. */
  Set<String> concerned(WatchKey key) {
    Set<Use> known = uses.getOrDefault(key, Set.of());
    Set<String> paths = new HashSet<>();
    for (WatchEvent<?> event : key.pollEvents()) {
      if (event.kind() == OVERFLOW) {
        known.forEach(it -> paths.add(it.path()));
      } else {
        String name = event.context().toString();
        known.stream().flatMap(it -> it.pathFor(name).stream()).forEach(paths::add);
      }
    }
    if (!key.reset()) {
      known.forEach(it -> paths.add(it.path()));
    }
    return paths;
  }

  /** Why some directory could not be watched since this was asked last. */
  Optional<String> takeObstacle() {
    Optional<String> taken = obstacle;
    obstacle = Optional.empty();
    return taken;
  }

  private void watch(Path directory, Use use) {
    if (service.isEmpty()) {
      return;
    }
    try {
      WatchKey key = directory.register(service.get(), ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY);
      uses.merge(key, Set.of(use), DirectoryWatches::union);
      keys.computeIfAbsent(use.path(), it -> new HashSet<>()).add(key);
      unconfirmed.getOrDefault(key, new HashSet<>()).remove(use);
    } catch (NoSuchFileException | NotDirectoryException e) {
      // The scan says so.
    } catch (IOException e) {
      if (Files.isReadable(directory)) {
        obstacle = Optional.of(directory + ": " + e.getMessage());
      }
    }
  }

  private void forget(WatchKey key, Set<Use> gone) {
    uses.computeIfPresent(
        key,
        (it, known) -> {
          Set<Use> left = new HashSet<>(known);
          left.removeAll(gone);
          if (left.isEmpty()) {
            key.cancel();
            return null;
          }
          return Set.copyOf(left);
        });
  }

  private static Set<Use> union(Set<Use> some, Set<Use> others) {
    return Stream.concat(some.stream(), others.stream()).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * All links that are followed on the way from a path to what it leads to, and that, each in the
   * directory it really is in: a change of any of these names changes what the path leads to.
   */
  private static List<Path> hops(Path path) {
    List<Path> hops = new ArrayList<>();
    Path current;
    try {
      current = path.toAbsolutePath().getParent().toRealPath();
    } catch (IOException e) {
      return hops;
    }
    Deque<Path> left = new ArrayDeque<>(List.of(path.getFileName()));
    Path last = current;
    while (!left.isEmpty() && hops.size() < MOST_HOPS) {
      Path name = left.pop();
      if (name.toString().equals("..")) {
        current = current.getParent() == null ? current : current.getParent();
        continue;
      }
      Path next = current.resolve(name).normalize();
      if (Files.isSymbolicLink(next)) {
        hops.add(next);
        try {
          Path target = Files.readSymbolicLink(next);
          current = target.isAbsolute() ? target.getRoot() : current;
          List<Path> names = new ArrayList<>();
          target.forEach(names::add);
          for (int i = names.size() - 1; i >= 0; i--) {
            left.push(names.get(i));
          }
        } catch (IOException e) {
          return hops;
        }
      } else {
        current = next;
      }
      last = next;
    }
    if (!hops.contains(last)) {
      hops.add(last);
    }
    return hops;
  }
}
