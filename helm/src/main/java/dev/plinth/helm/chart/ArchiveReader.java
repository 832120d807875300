package dev.plinth.helm.chart;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Reads files of a compressed tar into memory. Nothing is ever unpacked to the disk. */
final class ArchiveReader {
  private final String name;
  private final ArchiveLimits limits;
  private long total;
  private int entries;

  ArchiveReader(String name, ArchiveLimits limits) {
    this.name = name;
    this.limits = limits;
  }

  /** All files are looked at, and counted; only the wanted ones are kept. */
  Map<String, byte[]> read(InputStream archive, Predicate<String> wanted)
      throws IOException, InvalidChartException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(archive))) {
      TarArchiveEntry entry;
      while ((entry = tar.getNextEntry()) != null) {
        if (++entries > limits.entries()) {
          throw new InvalidChartException(
              "%s has more than %d entries".formatted(name, limits.entries()));
        }
        if (!entry.isFile()) {
          continue; // Helm, too, passes over directories and links
        }
        String path = path(entry);
        byte[] content = content(tar, path);
        if (wanted.test(path)) {
          files.put(path, content);
        }
      }
    } catch (ZipException e) {
      throw new InvalidChartException(
          "%s is no chart archive: expected gzip, found something else".formatted(name), e);
    } catch (java.io.EOFException e) {
      throw new InvalidChartException("%s is cut short".formatted(name), e);
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidChartException(
          "%s is no chart archive: %s".formatted(name, e.getMessage()), e);
    }
    return files;
  }

  private String path(TarArchiveEntry entry) throws InvalidChartException {
    String path = entry.getName().replace('\\', '/');
    while (path.startsWith("./")) {
      path = path.substring(2);
    }
    if (path.startsWith("/")
        || path.matches("[A-Za-z]:.*")
        || ("/" + path + "/").contains("/../")
        || path.indexOf('\0') >= 0) {
      throw new InvalidChartException(
          "%s has an entry outside of the chart's directory: %s".formatted(name, path));
    }
    return path;
  }

  private byte[] content(TarArchiveInputStream tar, String path)
      throws IOException, InvalidChartException {
    long most = Math.min(limits.file(), limits.total() - total);
    byte[] content = tar.readNBytes((int) most + 1);
    if (content.length > most) {
      throw new InvalidChartException(
          content.length > limits.file()
              ? "%s: %s is larger than %d MiB".formatted(name, path, limits.file() >> 20)
              : "%s is larger than %d MiB, unpacked".formatted(name, limits.total() >> 20));
    }
    total += content.length;
    return content;
  }
}
