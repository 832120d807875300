package dev.plinth.plan;

import static java.util.Objects.requireNonNull;

import dev.plinth.apply.ObjectPreview;
import java.util.Locale;

/**
 * What would become of one object, and for which add-on or user's file.
 *
 * @param addon the add-on's name, or a file's path below the manifests directory
 * @param preview what would be done
 */
public record PlannedChange(String addon, ObjectPreview preview) {

  public PlannedChange {
    requireNonNull(addon, "addon");
    requireNonNull(preview, "preview");
  }

  /** One line, e.g. {@code coredns create Deployment kube-system/coredns}. */
  @Override
  public String toString() {
    String line =
        "%s  %s  %s"
            .formatted(addon, preview.change().name().toLowerCase(Locale.ROOT), preview.object());
    return preview.message().isEmpty() ? line : line + ": " + preview.message();
  }
}
