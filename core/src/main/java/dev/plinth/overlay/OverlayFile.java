package dev.plinth.overlay;

import static java.util.Objects.requireNonNull;

import dev.plinth.manifest.ManifestException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One file of the overlays of an add-on.
 *
 * @param addon name of the add-on
 * @param name the file's base name; the key in the ConfigMap
 * @param content its text
 */
public record OverlayFile(String addon, String name, String content) {

  private static final Pattern SECRET = Pattern.compile("kind[\"']?\\s*:\\s*[\"']?Secret\\b");

  public OverlayFile {
    requireNonNull(addon, "addon");
    requireNonNull(name, "name");
    requireNonNull(content, "content");
  }

  /**
   * The file as messages name it: its path below {@code <data-dir>/server}, wherever it was read.
   */
  public String source() {
    return source(addon, name);
  }

  /**
   * Why its content must not be shown to whoever may read ConfigMaps: it seems to be about a
   * Secret, and could not be used anyway.
   */
  public Optional<ManifestException> refusalToCopy() {
    if (!SECRET.matcher(content).find()) {
      return Optional.empty();
    }
    try {
      OverlayReader.read(this);
      return Optional.empty();
    } catch (ManifestException e) {
      return Optional.of(e);
    }
  }

  /** As {@link #source()}, of a file that need not be readable. */
  public static String source(String addon, String name) {
    return "overlays/" + addon + "/" + name;
  }
}
