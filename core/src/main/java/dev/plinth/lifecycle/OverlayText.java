package dev.plinth.lifecycle;

import dev.plinth.manifest.ManifestException;
import dev.plinth.overlay.OverlayFile;
import dev.plinth.overlay.OverlayProblem;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An overlay as it lies on disk.
 *
 * @param content its text; empty if that cannot be put into a ConfigMap
 * @param problem why not
 */
record OverlayText(Optional<String> content, Optional<OverlayProblem> problem) {

  private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");

  /**
   * @param name path below the directory of the add-on
   * @param bytes what the file holds
   */
  static OverlayText of(String addon, String name, byte[] bytes) {
    if (name.indexOf('/') >= 0) {
      return refused(
          unreadable(addon, name, "it is in a directory of its own; move it beside the others"));
    }
    if (!KEY.matcher(name).matches()) {
      return refused(
          unreadable(
              addon,
              name,
              "its name has other characters than letters, digits, '-', '_' and '.'; rename it"));
    }
    String source = OverlayFile.source(addon, name);
    try {
      String text = FileRound.decode(Path.of(source), bytes);
      return new OverlayFile(addon, name, text)
          .refusalToCopy()
          .map(it -> refused(invalid(source, it)))
          .orElseGet(() -> new OverlayText(Optional.of(text), Optional.empty()));
    } catch (ManifestException e) {
      return refused(invalid(source, e));
    }
  }

  /** That a file cannot be read. */
  static OverlayProblem unreadable(String addon, String name, String why) {
    String source = OverlayFile.source(addon, name);
    return new OverlayProblem(source, OverlayProblem.NOT_COPIED, source + ": " + why);
  }

  private static OverlayProblem invalid(String source, ManifestException e) {
    return new OverlayProblem(source, OverlayProblem.INVALID, e.getMessage());
  }

  private static OverlayText refused(OverlayProblem problem) {
    return new OverlayText(Optional.empty(), Optional.of(problem));
  }
}
