package dev.plinth.manifest;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A manifest to be staged.
 *
 * @param file path below the manifests directory with {@code /} as separator, e.g. {@code dns.yaml}
 * @param content its text, without placeholders
 * @param addon name of the add-on that ships it
 */
public record StagedManifest(String file, String content, String addon) {

  private static final Pattern FILE =
      Pattern.compile("(?:[A-Za-z0-9][\\w-]*/)*[A-Za-z0-9][\\w.-]*\\.(?:yaml|yml|json)");

  /**
   * @throws IllegalArgumentException if {@code file} is no path of a manifest
   */
  public StagedManifest {
    requireNonNull(content, "content");
    requireNonNull(addon, "addon");
    checkArgument(
        FILE.matcher(file).matches(),
        "manifest '%s': expected a relative path that ends in .yaml, .yml or .json",
        file);
  }

  byte[] bytes() {
    return content.getBytes(StandardCharsets.UTF_8);
  }

  /** The file and the add-on; the content may hold secrets. */
  @Override
  public String toString() {
    return file + " of " + addon;
  }
}
