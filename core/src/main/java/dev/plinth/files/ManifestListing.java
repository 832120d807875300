package dev.plinth.files;

import dev.plinth.files.TreeScan.Visitor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What one look at the manifests directory shows, without watching it.
 *
 * @param files the users' files, in path order
 * @param unreadable what is wrong with directories whose files cannot be told, as a part of a
 *     sentence, by path; the manifests directory is {@code ""}
 */
public record ManifestListing(List<ManifestFile> files, Map<String, String> unreadable) {

  public ManifestListing {
    files = List.copyOf(files);
    unreadable = Map.copyOf(unreadable);
  }

  /**
   * Looks once.
   *
   * @param root the manifests directory; need not exist
   * @param excluded which files are not the user's
   */
  public static ManifestListing of(Path root, Predicate<ManifestPath> excluded) {
    FileIndex index = new FileIndex(excluded);
    TreePart found = new TreeScan(root, new Unwatched()).scan("");
    return new ManifestListing(
        index.replace("", found, file -> true).found(), Map.copyOf(index.unreadable()));
  }

  private static final class Unwatched implements Visitor {

    @Override
    public void directory(String path, Path directory) {}

    @Override
    public void link(String path, Path link) {}
  }
}
