package dev.plinth.helm.chart;

/**
 * How much an archive may hold. Helm has the first two limits itself.
 *
 * @param total bytes of all files, unpacked
 * @param file bytes of one file, unpacked
 * @param entries files and directories
 */
public record ArchiveLimits(long total, long file, int entries) {

  /** Those of Helm 3.17 and newer. */
  public static final ArchiveLimits HELM = new ArchiveLimits(100L << 20, 5L << 20, 20_000);
}
