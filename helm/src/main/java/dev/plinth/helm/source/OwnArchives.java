package dev.plinth.helm.source;

import dev.plinth.helm.source.ChartReference.Packaged;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The archives of packaged charts that need no network: in a directory, and on a class path. */
final class OwnArchives {

  private final Path directory;
  private final ClassLoader classPath;

  /**
   * @param directory need not exist
   */
  OwnArchives(Path directory, ClassLoader classPath) {
    this.directory = directory;
    this.classPath = classPath;
  }

  /**
   * The archive of a chart, that in the directory before that on the class path.
   *
   * @throws ChartSourceException if there is one that can't be read: another one is not taken in
   *     its place, which nobody would notice
   */
  Optional<RemoteArchive> find(Packaged chart) throws ChartSourceException {
    Path file = directory.resolve(chart.fileName());
    if (Files.exists(file)) {
      return Optional.of(ChartSources.read(file));
    }
    URL resource = classPath.getResource(PackagedCharts.RESOURCES + chart.fileName());
    return resource == null ? Optional.empty() : Optional.of(read(resource));
  }

  /** Says where {@link #find} has not found a chart. */
  String describeSearch(Packaged chart) {
    return "%s is neither in %s, nor on the class path as %s%s"
        .formatted(
            chart.describe(),
            directory.resolve(chart.fileName()),
            PackagedCharts.RESOURCES,
            chart.fileName());
  }

  private static RemoteArchive read(URL resource) throws ChartSourceException {
    try {
      URLConnection connection = resource.openConnection();
      connection.setUseCaches(false); // a jar in the cache stays open for as long as the JVM runs
      try (InputStream in = connection.getInputStream()) {
        byte[] content = in.readNBytes(HttpSource.LARGEST_ARCHIVE + 1);
        if (content.length > HttpSource.LARGEST_ARCHIVE) {
          throw new ChartSourceException(
              "%s is larger than %d MiB".formatted(resource, HttpSource.LARGEST_ARCHIVE >> 20));
        }
        return new RemoteArchive(content, resource.toString());
      }
    } catch (IOException e) {
      throw new ChartSourceException("%s can not be read: %s".formatted(resource, e), e);
    }
  }
}
