package dev.plinth.helm.source;

import dev.plinth.helm.chart.ChartArchive;
import dev.plinth.helm.chart.InvalidChartException;
import dev.plinth.helm.source.ChartCache.Kept;
import dev.plinth.helm.source.ChartReference.AtUrl;
import dev.plinth.helm.source.ChartReference.InFile;
import dev.plinth.helm.source.ChartReference.InRegistry;
import dev.plinth.helm.source.ChartReference.InRepository;
import dev.plinth.helm.source.ChartReference.Inline;
import dev.plinth.helm.source.ChartReference.Packaged;
import dev.plinth.helm.source.ChartReference.Static;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Fetches charts and keeps them. A version that can mean one archive only is asked for once; what
 * may change at its source is asked for each time, and the last answer serves while the source
 * can't be reached. May be used by several threads.
 */
public final class ChartSources {
  private final ChartCache cache;
  private final Optional<ChartCache> known;
  private final Path staticCharts;
  private final OwnArchives ownArchives;

  /**
   * Sources that find packaged charts on the class path of this library.
   *
   * @param cache a directory for archives, the server's own
   * @param staticCharts where the server has charts of its own, {@code server/static/charts}; it
   *     need not exist
   * @throws IOException if the cache can't be written
   */
  public ChartSources(Path cache, Path staticCharts) throws IOException {
    this(cache, staticCharts, ChartSources.class.getClassLoader());
  }

  /**
   * @param classPath where packaged charts are found, see {@link PackagedCharts#RESOURCES}
   * @see #ChartSources(Path, Path)
   */
  public ChartSources(Path cache, Path staticCharts, ClassLoader classPath) throws IOException {
    this(ChartCache.open(cache), Optional.empty(), staticCharts, classPath);
  }

  private ChartSources(
      ChartCache cache, Optional<ChartCache> known, Path staticCharts, ClassLoader classPath) {
    this.cache = cache;
    this.known = known;
    this.staticCharts = staticCharts.toAbsolutePath().normalize();
    this.ownArchives = new OwnArchives(this.staticCharts, classPath);
  }

  /**
   * The same that a server has, for looking ahead: its archives are read, and nothing is written
   * where they are.
   *
   * @param known a server's cache; it need not exist
   * @param cache a directory for what is fetched
   * @param staticCharts as {@link #ChartSources}
   * @throws IOException if the server's cache can't be read, or the other one can't be written
   */
  public static ChartSources lookingAhead(Path known, Path cache, Path staticCharts)
      throws IOException {
    return new ChartSources(
        ChartCache.open(cache),
        ChartCache.openIfThere(known),
        staticCharts,
        ChartSources.class.getClassLoader());
  }

  /**
   * Gets a chart. That may take some time: 3 s to connect to a server, minutes for large archives.
   *
   * @throws ChartSourceException if it can't be had
   */
  public FetchedChart fetch(ChartReference reference, SourceAccess access)
      throws ChartSourceException, InterruptedException {
    if (reference instanceof Packaged packaged) {
      return fetch(packaged, access);
    }
    Optional<Kept> kept = isSettled(reference) ? find(reference, access) : Optional.empty();
    if (kept.isPresent()) {
      return fetched(kept.get(), Optional.empty());
    }
    try {
      return stored(load(reference, access), reference, access);
    } catch (ChartSourceException e) {
      Optional<Kept> last = e.isUnreachable() ? find(reference, access) : Optional.empty();
      if (last.isEmpty()) {
        throw e;
      }
      return fetched(last.get(), Optional.of(e.getMessage()));
    }
  }

  private FetchedChart fetch(Packaged reference, SourceAccess access)
      throws ChartSourceException, InterruptedException {
    Optional<RemoteArchive> own = ownArchives.find(reference);
    if (own.isPresent()) {
      return stored(own.get(), reference, access);
    }
    InRepository remote = reference.inRepository();
    Optional<Kept> kept =
        find(remote, access).filter(it -> reference.digest().map(it.digest()::equals).orElse(true));
    if (kept.isPresent()) {
      return fetched(kept.get(), Optional.empty());
    }
    try {
      RemoteArchive archive = load(remote, access);
      if (reference.digest().isPresent()) {
        Digests.verify(archive.content(), reference.digest().get(), archive.origin());
      }
      return stored(archive, remote, access);
    } catch (ChartSourceException e) {
      throw e.toldAs(ownArchives.describeSearch(reference) + ", nor to be had: " + e.getMessage());
    }
  }

  private FetchedChart stored(RemoteArchive archive, ChartReference reference, SourceAccess access)
      throws ChartSourceException {
    ChartArchive chart = checked(archive, reference);
    try {
      Kept stored = cache.store(reference, access, archive);
      return new FetchedChart(
          stored.file(), stored.digest(), chart, stored.origin(), Optional.empty());
    } catch (IOException e) {
      throw new ChartSourceException(
          "%s: can not be stored: %s".formatted(reference.describe(), e), e);
    }
  }

  /**
   * The digest of an archive that is on this host already, as it is now, or that a packaged chart
   * must have; empty for others, and if there is none.
   */
  public Optional<String> localDigest(ChartReference reference) {
    try {
      if (reference instanceof Inline inline) {
        return Optional.of(Digests.of(inline.archive()));
      } else if (reference instanceof InFile file) {
        return Optional.of(Digests.of(read(file.file()).content()));
      } else if (reference instanceof Static chart) {
        return Optional.of(Digests.of(staticChart(chart).content()));
      } else if (reference instanceof Packaged packaged) {
        return ownArchives.find(packaged).map(it -> Digests.of(it.content())).or(packaged::digest);
      }
    } catch (ChartSourceException e) {
      return Optional.empty(); // whoever fetches it is told
    }
    return Optional.empty();
  }

  private Optional<Kept> find(ChartReference reference, SourceAccess access) {
    return cache.find(reference, access).or(() -> known.flatMap(it -> it.find(reference, access)));
  }

  private static boolean isSettled(ChartReference reference) {
    return reference instanceof InRepository repository
            && VersionChoice.isExact(repository.version())
        || reference instanceof InRegistry registry && VersionChoice.isExact(registry.version());
  }

  private RemoteArchive load(ChartReference reference, SourceAccess access)
      throws ChartSourceException, InterruptedException {
    if (reference instanceof InRepository repository) {
      return new HttpSource(access).fetch(repository);
    } else if (reference instanceof AtUrl url) {
      return new HttpSource(access).fetch(url);
    } else if (reference instanceof InRegistry registry) {
      return new RegistrySource(registry, access).fetch();
    } else if (reference instanceof Inline inline) {
      return new RemoteArchive(inline.archive(), reference.describe());
    } else if (reference instanceof InFile file) {
      return read(file.file());
    } else {
      return staticChart((Static) reference);
    }
  }

  private RemoteArchive staticChart(Static reference) throws ChartSourceException {
    Path file = staticCharts.resolve(reference.path()).normalize();
    if (!file.startsWith(staticCharts) || file.equals(staticCharts)) {
      throw new ChartSourceException(
          "chart: expected a file below static/charts, found %s".formatted(reference.path()));
    }
    return read(file);
  }

  static RemoteArchive read(Path file) throws ChartSourceException {
    try {
      if (Files.size(file) > HttpSource.LARGEST_ARCHIVE) {
        throw new ChartSourceException(
            "%s is larger than %d MiB".formatted(file, HttpSource.LARGEST_ARCHIVE >> 20));
      }
      return new RemoteArchive(Files.readAllBytes(file), file.toString());
    } catch (NoSuchFileException e) {
      throw new ChartSourceException(
          "%s: expected a chart archive, found no such file; its directory has %s"
              .formatted(file, neighbours(file)));
    } catch (IOException e) {
      throw new ChartSourceException("%s can not be read: %s".formatted(file, e), e);
    }
  }

  private static String neighbours(Path file) {
    try (Stream<Path> files = Files.list(file.getParent())) {
      String names =
          String.join(
              ", ",
              files
                  .map(path -> path.getFileName().toString())
                  .filter(name -> name.endsWith(".tgz"))
                  .sorted()
                  .limit(8)
                  .toList());
      return names.isEmpty() ? "no charts" : names;
    } catch (IOException e) {
      return "no charts";
    }
  }

  private static ChartArchive checked(RemoteArchive archive, ChartReference reference)
      throws ChartSourceException {
    ChartArchive chart = chart(archive.content(), archive.origin());
    if (reference instanceof InRepository repository
        && !chart.metadata().name().equals(repository.name())) {
      throw new ChartSourceException(
          "%s: expected the chart \"%s\", found \"%s\""
              .formatted(archive.origin(), repository.name(), chart.metadata().name()));
    }
    if (reference instanceof Packaged packaged
        && !chart.toString().equals(packaged.name() + "-" + packaged.version())) {
      throw new ChartSourceException(
          "%s: expected the %s, found %s %s"
              .formatted(
                  archive.origin(),
                  packaged.describe(),
                  chart.metadata().name(),
                  chart.metadata().version()));
    }
    if (chart.metadata().type().equals("library")) {
      throw new ChartSourceException(
          "%s: expected a chart that can be installed, found a library"
              .formatted(archive.origin()));
    }
    return chart;
  }

  private static ChartArchive chart(byte[] content, String origin) throws ChartSourceException {
    try {
      return ChartArchive.read(content, origin);
    } catch (InvalidChartException e) {
      throw new ChartSourceException(e.getMessage(), e);
    }
  }

  private static FetchedChart fetched(Kept kept, Optional<String> outdated)
      throws ChartSourceException {
    try {
      return new FetchedChart(
          kept.file(),
          kept.digest(),
          chart(Files.readAllBytes(kept.file()), kept.origin()),
          kept.origin(),
          outdated);
    } catch (IOException e) {
      throw new ChartSourceException("%s can not be read: %s".formatted(kept.file(), e), e);
    }
  }
}
