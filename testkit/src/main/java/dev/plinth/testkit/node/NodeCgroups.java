package dev.plinth.testkit.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A cgroup of the node's own in each hierarchy, below which all its pods are, so that they can be
 * taken away as one.
 */
final class NodeCgroups implements AutoCloseable {

  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final String PREFIX = "plinth-node-";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final List<String> CONTROLLERS = List.of("cpuset", "cpu", "memory", "pids");

  private final String name;

  private NodeCgroups(String name) {
    this.name = name;
  }

  /** Makes the cgroups, and removes what nodes of killed JVMs have left. */
  static NodeCgroups create(String id) throws IOException {
    NodeCgroups cgroups = new NodeCgroups(PREFIX + id);
    removeAbandoned();
    boolean unified = Files.exists(ROOT.resolve("cgroup.controllers"));
    if (unified) {
      for (String controller : CONTROLLERS) {
        Files.writeString(ROOT.resolve("cgroup.subtree_control"), "+" + controller);
      }
    }
    for (Path hierarchy : hierarchies()) {
      Path own = Files.createDirectory(hierarchy.resolve(cgroups.name));
      // In version 1 a new cpuset is empty, and nothing can run in it.
      for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
        if (!unified && Files.exists(own.resolve(file))) {
          Files.writeString(own.resolve(file), Files.readString(hierarchy.resolve(file)));
        }
      }
    }
    return cgroups;
  }

  /** The path as the kubelet's {@code cgroupRoot}. */
  String path() {
    return "/" + name;
  }

  /** Removes the cgroups; the kernel may still be at taking their processes out. */
  @Override
  public void close() {
    Instant end = Instant.now().plus(PATIENCE);
    try {
      while (!remove(name)) {
        if (Instant.now().isAfter(end)) {
          throw new IllegalStateException("cgroup " + name + " still has processes");
        }
        Thread.sleep(50);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Can not remove the cgroup " + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeAbandoned() throws IOException {
    for (Path hierarchy : hierarchies()) {
      List<Path> abandoned;
      try (Stream<Path> all = Files.list(hierarchy)) {
        abandoned = all.filter(it -> it.getFileName().toString().startsWith(PREFIX)).toList();
      }
      for (Path cgroup : abandoned) {
        removeTree(cgroup);
      }
    }
  }

  private static boolean remove(String name) throws IOException {
    boolean gone = true;
    for (Path hierarchy : hierarchies()) {
      gone &= removeTree(hierarchy.resolve(name));
    }
    return gone;
  }

  /** Removes what has no process; returns whether all is gone. */
  private static boolean removeTree(Path cgroup) throws IOException {
    if (!Files.exists(cgroup)) {
      return true;
    }
    List<Path> innermostFirst = new ArrayList<>();
    Files.walkFileTree(
        cgroup,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure) {
            innermostFirst.add(visited);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE; // gone meanwhile
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            return FileVisitResult.CONTINUE;
          }
        });
    for (Path directory : innermostFirst) {
      // Not Files.delete: rmdir is right although the kernel's files are in there.
      if (!directory.toFile().delete() && Files.exists(directory)) {
        return false;
      }
    }
    return true;
  }

  private static List<Path> hierarchies() throws IOException {
    if (Files.exists(ROOT.resolve("cgroup.controllers"))) {
      return List.of(ROOT);
    }
    try (Stream<Path> all = Files.list(ROOT)) {
      return all.filter(it -> Files.exists(it.resolve("cgroup.procs")))
          .filter(it -> !Files.isSymbolicLink(it))
          .toList();
    }
  }
}
