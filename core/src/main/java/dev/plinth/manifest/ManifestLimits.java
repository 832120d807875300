package dev.plinth.manifest;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * How large a manifest may be before it is refused instead of read.
 *
 * @param bytes size of the file
 * @param depth collections within collections, at most {@value #MAX_DEPTH}
 * @param nodes scalars, sequences and mappings of the whole file, counted as if every alias were
 *     written out
 * @param objects objects that the file declares, items of lists included
 */
public record ManifestLimits(int bytes, int depth, int nodes, int objects) {

  /** The deepest nesting that can be asked for: values are read recursively. */
  public static final int MAX_DEPTH = 500;

  /**
   * 16 MiB, 100 levels, a million nodes, 10 000 objects: several times what the largest published
   * bundles of custom resource definitions need.
   */
  public static final ManifestLimits DEFAULT =
      new ManifestLimits(16 * 1024 * 1024, 100, 1_000_000, 10_000);

  /**
   * @throws IllegalArgumentException if a limit is not positive or {@code depth} is too large
   */
  public ManifestLimits {
    checkArgument(bytes > 0, "bytes must be positive, is %s", bytes);
    checkArgument(
        depth > 0 && depth <= MAX_DEPTH, "depth must be 1 to %s, is %s", MAX_DEPTH, depth);
    checkArgument(nodes > 0, "nodes must be positive, is %s", nodes);
    checkArgument(objects > 0, "objects must be positive, is %s", objects);
  }
}
