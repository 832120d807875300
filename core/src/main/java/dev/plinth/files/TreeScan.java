package dev.plinth.files;

import dev.plinth.files.TreePart.Entry;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for manifests, by K3s's rules: in all directories but hidden ones; through symbolic links
 * to files; through a symbolic link to a directory, but not through another one within it. A link
 * to a directory that it is in leads nowhere new and is left out.
 */
final class TreeScan {

  static final String SKIP = ".skip";

  /** Is told what is about to be looked at, early enough to miss no later change. */
  interface Visitor {

    /** A directory is about to be listed. */
    void directory(String path, Path directory);

    /** A symbolic link is about to be followed. */
    void link(String path, Path link);
  }

  private final Path root;
  private final Visitor visitor;

  /**
   * @param root the manifests directory; need not exist
   */
  TreeScan(Path root, Visitor visitor) {
    this.root = root;
    this.visitor = visitor;
  }

  /** What is at a path, the empty one for all, and below it. */
  TreePart scan(String path) {
    TreePart found = TreePart.empty();
    if (path.isEmpty()) {
      visitor.link("", root);
      visitDirectory("", root, false, Set.of(), found);
      return found;
    }
    Path parent = root;
    boolean linked = false;
    Set<Path> above = new HashSet<>();
    addReal(root, above);
    String[] names = path.split("/");
    for (int i = 0; i < names.length - 1; i++) {
      parent = parent.resolve(names[i]);
      if (ManifestPath.isHidden(names[i])) {
        return found;
      }
      boolean isLink = Files.isSymbolicLink(parent);
      if (isLink && linked || !addReal(parent, above)) {
        return found;
      }
      linked |= isLink;
    }
    visit(path, parent.resolve(names[names.length - 1]), linked, above, found);
    return found;
  }

  private void visit(String path, Path place, boolean linked, Set<Path> above, TreePart found) {
    String name = place.getFileName().toString();
    if (ManifestPath.isHidden(name)) {
      return;
    }
    try {
      BasicFileAttributes itself =
          Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (itself.isDirectory()) {
        visitDirectory(path, place, linked, above, found);
      } else if (itself.isSymbolicLink()) {
        visitLink(path, place, linked, above, found);
      } else {
        visitFile(path, place, linked, found);
      }
    } catch (NoSuchFileException e) {
      // It went since it was listed.
    } catch (IOException e) {
      // Where its directory has become a file there is no error of its own for that.
      if (Files.isDirectory(place.getParent())) {
        visitFile(path, place, linked, found);
      }
    }
  }

  private void visitLink(String path, Path link, boolean linked, Set<Path> above, TreePart found) {
    visitor.link(path, link);
    if (!Files.isDirectory(link)) {
      visitFile(path, link, linked, found);
    } else if (!linked) {
      visitDirectory(path, link, true, above, found);
    }
  }

  private static void visitFile(String path, Path file, boolean linked, TreePart found) {
    String name = file.getFileName().toString();
    if (name.endsWith(SKIP) && !name.equals(SKIP)) {
      found.skips().add(path);
    } else if (new ManifestPath(path).isManifest()) {
      found.files().put(path, new Entry(file, linked, stamp(file)));
    }
  }

  private void visitDirectory(
      String path, Path directory, boolean linked, Set<Path> above, TreePart found) {
    Set<Path> aboveThose = new HashSet<>(above);
    if (Files.isDirectory(directory) && !addReal(directory, aboveThose)) {
      return;
    }
    visitor.directory(path, directory);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      found.directories().add(path);
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        visit(path.isEmpty() ? name : path + "/" + name, entry, linked, aboveThose, found);
      }
    } catch (DirectoryIteratorException e) {
      found.unreadable().put(path, reason(e.getCause()));
    } catch (IOException e) {
      found.unreadable().put(path, reason(e));
    }
  }

  /**
   * @return false if it is among them, or is no longer there
   */
  private static boolean addReal(Path directory, Set<Path> directories) {
    try {
      return directories.add(directory.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<FileStamp> stamp(Path file) {
    try {
      return Optional.of(FileStamp.of(file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** What is wrong, as a part of a sentence without the path. */
  static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "is missing";
    } else if (e instanceof AccessDeniedException) {
      return "may not be read by this process";
    } else if (e instanceof NotDirectoryException) {
      return "is no directory";
    }
    return "cannot be read: " + e.getMessage();
  }
}
