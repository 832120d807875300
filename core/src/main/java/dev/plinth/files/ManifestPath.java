package dev.plinth.files;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Path of a file below the manifests directory, and what K3s reads from it (reference: the scan
 * loop of its deploy controller). Sorted as K3s goes through them.
 *
 * @param path relative, with {@code /} as separator, e.g. {@code team/web.yaml}
 */
public record ManifestPath(String path) implements Comparable<ManifestPath> {

  private static final Set<String> EXTENSIONS = Set.of(".yaml", ".yml", ".json");
  private static final Pattern ADDON_NAME = Pattern.compile("[a-z0-9](?:[-a-z0-9]*[a-z0-9])?");

  /** Names of events hold the Addon's name, a dot and 32 digits; 253 is the most there is. */
  private static final int LONGEST_ADDON_NAME = 253 - 33;

  /**
   * @throws IllegalArgumentException if the path is empty, absolute, or ends in a slash
   */
  public ManifestPath {
    checkArgument(
        !path.isEmpty() && !path.startsWith("/") && !path.endsWith("/"),
        "expected a relative path of a file, found '%s'",
        path);
  }

  /** The last part. */
  public String baseName() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /**
   * Whether a file of this name is a manifest: by its extension, in any case, unless it is a
   * dotfile or one that an editor keeps for itself ({@code ~$web.yaml}, {@code #web.yaml}).
   */
  public boolean isManifest() {
    String name = baseName();
    boolean isEditors = name.startsWith("~") || name.startsWith("#");
    return !isHidden(name) && !isEditors && EXTENSIONS.contains(extension());
  }

  /** Name of the file's Addon, by K3s's rule: the base name up to the first dot. */
  public String addonName() {
    String name = baseName();
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  /** What is wrong with the name of its Addon, and how to rename the file; empty if nothing is. */
  public Optional<String> invalidAddonName() {
    String name = addonName();
    if (ADDON_NAME.matcher(name).matches() && name.length() <= LONGEST_ADDON_NAME) {
      return Optional.empty();
    }
    String problem =
        name.length() > LONGEST_ADDON_NAME
            ? "has %d characters, expected at most %d".formatted(name.length(), LONGEST_ADDON_NAME)
            : "is found, expected lower-case letters, digits and '-', beginning and ending with a"
                + " letter or digit";
    return Optional.of(
        "the file's name up to its first dot names its Addon: '%s' %s; rename the file%s"
            .formatted(name, problem, suggestion().map(", e.g. to "::concat).orElse("")));
  }

  /**
   * Which of the names given to {@code --disable} means this file (K3s): one of its directories, or
   * its base name without the last extension. An empty name means nothing.
   */
  public Optional<String> disabledBy(Set<String> names) {
    String name = baseName();
    List<String> candidates = new ArrayList<>(directories());
    if (isManifest()) {
      candidates.add(name.substring(0, name.length() - extension().length()));
    }
    return candidates.stream().filter(it -> !it.isEmpty()).filter(names::contains).findFirst();
  }

  /** The directories it is in, as paths below the manifests directory, outermost first. */
  public List<String> directories() {
    List<String> directories = new ArrayList<>();
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      directories.add(path.substring(0, slash));
    }
    return directories;
  }

  /** Whether files and directories of this name are nobody's business (K3s: dotfiles). */
  static boolean isHidden(String baseName) {
    return baseName.startsWith(".");
  }

  @Override
  public int compareTo(ManifestPath other) {
    return path.compareTo(other.path);
  }

  @Override
  public String toString() {
    return path;
  }

  private String extension() {
    String name = baseName();
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot).toLowerCase(Locale.ROOT);
  }

  private Optional<String> suggestion() {
    String name =
        addonName().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    return name.isEmpty() || name.length() > LONGEST_ADDON_NAME
        ? Optional.empty()
        : Optional.of(name + baseName().substring(addonName().length()));
  }
}
