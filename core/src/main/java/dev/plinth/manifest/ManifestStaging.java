package dev.plinth.manifest;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toSet;

import com.google.common.collect.Lists;
import com.google.common.hash.Hashing;
import dev.plinth.manifest.StagingOutcome.Change;
import dev.plinth.manifest.StagingOutcome.ObsoleteFile;
import dev.plinth.manifest.StagingOutcome.StagedFile;
import dev.plinth.manifest.StagingRecord.Entry;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Puts packaged manifests where K3s puts them, {@code <data-dir>/server/manifests}, and remembers
 * in {@code <data-dir>/server/.staged.json} what it put there. So it writes only what has changed,
 * knows what a user has edited, and knows what an older version left behind.
 *
 * <p>The process may end between any two steps. What is about to be written is recorded first, and
 * an edited file is copied to {@code <data-dir>/server/manifests-edited} before it is replaced or
 * deleted: staging again never takes Plinth's own half-done work for an edit, and never loses one.
 *
 * <p>Safe for use by several threads, but one process at a time.
 */
public final class ManifestStaging {

  private final Path server;
  private final Path manifests;
  private final Path edited;
  private final Path recordFile;
  private final PrivateFiles files;
  private volatile Set<String> staged = Set.of();

  /**
   * @param dataDirectory the server's data directory; made when first needed
   */
  public ManifestStaging(Path dataDirectory) {
    this(dataDirectory, new PrivateFiles());
  }

  ManifestStaging(Path dataDirectory, PrivateFiles files) {
    this.server = requireNonNull(dataDirectory, "dataDirectory").resolve("server");
    this.manifests = server.resolve("manifests");
    this.edited = server.resolve("manifests-edited");
    this.recordFile = server.resolve(".staged.json");
    this.files = files;
  }

  /** Where manifests are, packaged ones and the user's. */
  public Path manifestsDirectory() {
    return manifests;
  }

  /**
   * Whether the user asked not to apply a file, by a {@code <file>.skip} beside it or, by base
   * name, in the manifests directory itself. Such a file is staged all the same (K3s: skipping
   * hides a manifest, disabling removes it).
   *
   * @param file path below the manifests directory
   */
  public boolean isSkipped(String file) {
    String baseName = file.substring(file.lastIndexOf('/') + 1);
    return Stream.of(file, baseName)
        .map(it -> manifests.resolve(it + ".skip"))
        .anyMatch(it -> Files.exists(it, LinkOption.NOFOLLOW_LINKS));
  }

  /**
   * Whether a file belongs to an add-on: it was staged, and not removed since. Costs no look at the
   * disk; known once {@link #stage} has run.
   *
   * @param file path below the manifests directory
   */
  public boolean isStaged(String file) {
    return staged.contains(file);
  }

  /**
   * Stages all packaged manifests.
   *
   * @param shipped every manifest of every enabled add-on, each file once
   * @throws StagingException if a file cannot be read or written; staging again continues
   * @throws IllegalArgumentException if two manifests have one file
   */
  public StagingOutcome stage(Collection<StagedManifest> shipped) {
    return stage(shipped, (file, sha256) -> false);
  }

  /**
   * Stages all packaged manifests where another program may have staged its own.
   *
   * @param shipped every manifest of every enabled add-on, each file once
   * @param isOthers whether a file, by its path below the manifests directory, is that program's if
   *     it has this SHA-256: it is replaced, and is no edit
   * @throws StagingException if a file cannot be read or written; staging again continues
   * @throws IllegalArgumentException if two manifests have one file
   */
  public synchronized StagingOutcome stage(
      Collection<StagedManifest> shipped, BiPredicate<String, String> isOthers) {
    refuseSameFile(shipped);
    createDirectories(manifests);
    files.deleteTemporary(recordFile);
    Optional<Path> unreadableRecord = keepUnreadableRecord();
    StagingRecord record = readRecord();
    settle(record);
    announce(shipped, record);
    save(record);
    List<StagedFile> staged =
        shipped.stream().map(manifest -> stage(manifest, record, isOthers)).toList();
    save(record);
    return new StagingOutcome(staged, obsolete(shipped, record), unreadableRecord);
  }

  /**
   * The files that {@link #stage} would call obsolete; writes nothing.
   *
   * @param shipped every manifest of every enabled add-on
   * @throws StagingException if the record cannot be read
   */
  public synchronized List<ObsoleteFile> obsolete(Collection<StagedManifest> shipped) {
    return obsolete(shipped, readRecord());
  }

  /**
   * Deletes a file that was staged, and the directories made for it. To be called once its objects
   * are gone from the cluster. A file that this class did not stage stays, and so does one that is
   * no longer there.
   *
   * @param file path below the manifests directory
   * @return where the file is kept if a user had edited it
   * @throws StagingException if it cannot be deleted
   */
  public synchronized Optional<Path> remove(String file) {
    StagingRecord record = readRecord();
    Entry entry = record.files().get(file);
    if (entry == null) {
      return Optional.empty();
    }
    refuseLinkedDirectories(file);
    Path path = manifests.resolve(file);
    Optional<Path> keptAside =
        files.read(path).filter(content -> !entry.isOurs(hash(content))).map(keepAside(file));
    files.delete(path);
    files.deleteTemporary(path);
    deleteEmptyDirectories(file, record);
    record.files().remove(file);
    save(record);
    return keptAside;
  }

  private static void refuseSameFile(Collection<StagedManifest> shipped) {
    Map<String, StagedManifest> byFile = new HashMap<>();
    for (StagedManifest manifest : shipped) {
      StagedManifest other = byFile.putIfAbsent(manifest.file(), manifest);
      checkArgument(other == null, "one file is shipped twice: %s and %s", other, manifest);
    }
  }

  /** Whatever an interrupted run had announced: it was written, or it was not. */
  private void settle(StagingRecord record) {
    record
        .files()
        .replaceAll(
            (file, entry) -> {
              if (entry.next() == null) {
                return entry;
              }
              Path path = manifests.resolve(file);
              files.deleteTemporary(path);
              boolean isWritten =
                  files
                      .read(path)
                      .filter(content -> hash(content).equals(entry.next()))
                      .isPresent();
              return new Entry(entry.addon(), isWritten ? entry.next() : entry.sha256(), null);
            });
    record.files().values().removeIf(entry -> entry.sha256() == null);
  }

  private void announce(Collection<StagedManifest> shipped, StagingRecord record) {
    for (StagedManifest manifest : shipped) {
      String next = hash(manifest.bytes());
      Entry entry = record.files().get(manifest.file());
      String current = entry == null ? null : entry.sha256();
      record
          .files()
          .put(
              manifest.file(),
              new Entry(manifest.addon(), current, next.equals(current) ? null : next));
      directoriesOf(manifest.file()).stream()
          .filter(directory -> !Files.exists(manifests.resolve(directory)))
          .forEach(record.directories()::add);
    }
  }

  private StagedFile stage(
      StagedManifest manifest, StagingRecord record, BiPredicate<String, String> isOthers) {
    String file = manifest.file();
    refuseLinkedDirectories(file);
    directoriesOf(file).forEach(directory -> files.createDirectory(manifests.resolve(directory)));
    Entry entry = record.files().get(file);
    String wanted = hash(manifest.bytes());
    Optional<byte[]> found = files.read(manifests.resolve(file));
    Optional<String> foundHash = found.map(ManifestStaging::hash);
    Optional<Path> keptAside = Optional.empty();
    Change change = Change.UNCHANGED;
    if (!foundHash.equals(Optional.of(wanted))) {
      boolean isEdited =
          foundHash.filter(hash -> !entry.isOurs(hash) && !isOthers.test(file, hash)).isPresent();
      keptAside = found.filter(content -> isEdited).map(keepAside(file));
      files.write(manifests.resolve(file), manifest.bytes());
      change = isEdited ? Change.EDITED : Change.WRITTEN;
    }
    record.files().put(file, new Entry(manifest.addon(), wanted, null));
    return new StagedFile(file, manifest.addon(), change, keptAside);
  }

  private static List<ObsoleteFile> obsolete(
      Collection<StagedManifest> shipped, StagingRecord record) {
    Set<String> kept = shipped.stream().map(StagedManifest::file).collect(toSet());
    return record.files().entrySet().stream()
        .filter(staged -> !kept.contains(staged.getKey()))
        .map(staged -> new ObsoleteFile(staged.getKey(), staged.getValue().addon()))
        .toList();
  }

  /**
   * Copies what a user wrote to {@code manifests-edited/<file>.<first 8 digits of its hash>}. The
   * original is still there: it goes only when its successor takes its place.
   */
  private Function<byte[], Path> keepAside(String file) {
    return content -> {
      String hash = hash(content);
      Path copy = edited.resolve(file + "." + hash.substring(0, 8));
      boolean isTaken =
          files.read(copy).filter(other -> !Arrays.equals(other, content)).isPresent();
      if (isTaken) {
        copy = edited.resolve(file + "." + hash);
      }
      createDirectories(copy.getParent());
      files.write(copy, content);
      return copy;
    };
  }

  private StagingRecord readRecord() {
    return files.read(recordFile).flatMap(StagingRecord::parse).orElseGet(StagingRecord::empty);
  }

  /** It is no longer needed to tell edits from what was staged, only to find out what happened. */
  private Optional<Path> keepUnreadableRecord() {
    return files
        .read(recordFile)
        .filter(content -> StagingRecord.parse(content).isEmpty())
        .map(keepAside(recordFile.getFileName().toString()));
  }

  private void save(StagingRecord record) {
    staged = Set.copyOf(record.files().keySet());
    byte[] json = record.toJson();
    boolean isSaved =
        files.read(recordFile).filter(saved -> Arrays.equals(saved, json)).isPresent();
    if (!isSaved) {
      files.write(recordFile, json);
    }
  }

  /** Outermost first. */
  private static List<String> directoriesOf(String file) {
    List<String> directories = new ArrayList<>();
    for (int slash = file.indexOf('/'); slash >= 0; slash = file.indexOf('/', slash + 1)) {
      directories.add(file.substring(0, slash));
    }
    return directories;
  }

  private void createDirectories(Path directory) {
    if (!Files.isDirectory(directory)) {
      createDirectories(directory.getParent());
      files.createDirectory(directory);
    }
  }

  /**
   * The manifests directory itself may be a link, by an administrator's choice. Below it, a link
   * would let Plinth overwrite or delete files elsewhere.
   */
  private void refuseLinkedDirectories(String file) {
    for (String directory : directoriesOf(file)) {
      Path path = manifests.resolve(directory);
      if (Files.isSymbolicLink(path)) {
        throw new StagingException(
            "stage " + file + " in",
            path,
            new NotDirectoryException("found a symbolic link, expected a directory"));
      }
    }
  }

  private void deleteEmptyDirectories(String file, StagingRecord record) {
    List<String> innermostFirst = Lists.reverse(directoriesOf(file));
    for (String directory : innermostFirst) {
      if (record.directories().contains(directory)
          && files.deleteDirectoryIfEmpty(manifests.resolve(directory))) {
        record.directories().remove(directory);
      }
    }
  }

  private static String hash(byte[] content) {
    return Hashing.sha256().hashBytes(content).toString();
  }
}
