package dev.plinth.addon;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/**
 * A rendered manifest that an add-on ships: staged as {@code <data-dir>/server/manifests/<file>}
 * and represented in the cluster by one {@code Addon} resource.
 *
 * @param file path below the manifests directory with {@code /} as separator, e.g. {@code
 *     coredns.yaml}; its base name up to the first dot is the Addon's name (K3s's rule, reference
 *     deploy.md §5)
 * @param content YAML or JSON text with all placeholders replaced
 */
public record PackagedManifest(String file, String content) {

  private static final Pattern FILE =
      Pattern.compile(
          "(?:[a-z0-9][a-z0-9-]*/)*[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\\.(?:yaml|yml|json)");

  /**
   * @throws IllegalArgumentException if {@code file} could not be staged or gives no valid Addon
   *     name
   */
  public PackagedManifest {
    requireNonNull(content, "content");
    if (!FILE.matcher(file).matches()) {
      throw new IllegalArgumentException(
          "packaged manifest '%s': expected lower-case letters, digits and '-', ending in .yaml, .yml or .json"
              .formatted(file));
    }
  }

  /** Name of the Addon resource: the base name up to the first dot. */
  public String addonResourceName() {
    String base = file.substring(file.lastIndexOf('/') + 1);
    return base.substring(0, base.indexOf('.'));
  }
}
