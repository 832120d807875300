package dev.plinth.manifest;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What staging did.
 *
 * @param files one for each manifest, in the order given
 * @param obsolete files that an earlier version staged and nobody ships any more, sorted; they stay
 *     until {@link ManifestStaging#remove(String)}
 * @param unreadableRecord where the record of what was staged is kept if it could not be read; then
 *     every file that differs was taken for edited, and obsolete files are not known
 */
public record StagingOutcome(
    List<StagedFile> files, List<ObsoleteFile> obsolete, Optional<Path> unreadableRecord) {

  public StagingOutcome {
    files = List.copyOf(files);
    obsolete = List.copyOf(obsolete);
    requireNonNull(unreadableRecord, "unreadableRecord");
  }

  /**
   * A file that was staged.
   *
   * @param file path below the manifests directory
   * @param addon the add-on that ships it
   * @param change what was done
   * @param keptAside where the user's edited file is now; empty if it was not edited
   */
  public record StagedFile(String file, String addon, Change change, Optional<Path> keptAside) {

    public StagedFile {
      requireNonNull(file, "file");
      requireNonNull(addon, "addon");
      requireNonNull(change, "change");
      requireNonNull(keptAside, "keptAside");
    }
  }

  /** What became of a file. */
  public enum Change {
    /** It is new, or this version's content differs from the one staged before. */
    WRITTEN,
    /** It was there with this content; nothing was written. */
    UNCHANGED,
    /** It was there with content that nobody staged: that was kept aside, then replaced. */
    EDITED
  }

  /**
   * A file that nobody ships any more.
   *
   * @param file path below the manifests directory
   * @param addon the add-on that shipped it
   */
  public record ObsoleteFile(String file, String addon) {

    public ObsoleteFile {
      requireNonNull(file, "file");
      requireNonNull(addon, "addon");
    }
  }
}
