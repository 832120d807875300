package dev.plinth.examples.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A chart of {@code examples/charts}, which is on the class path as files, packed. */
final class ExampleChart {

  private static final String METADATA = "Chart.yaml";

  private ExampleChart() {}

  /** The archive; the same bytes each time, so that a start changes no release. */
  static byte[] archive(String name) {
    String root = "/charts/" + name + "/";
    try {
      URI metadata = ExampleChart.class.getResource(root + METADATA).toURI();
      if (!metadata.getScheme().equals("jar")) {
        return pack(Path.of(metadata).getParent());
      }
      try (FileSystem jar = FileSystems.newFileSystem(metadata, Map.of())) {
        return pack(jar.getPath(root));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot pack the chart " + name, e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] pack(Path directory) throws IOException {
    List<Path> files;
    try (var all = Files.walk(directory)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GZIPOutputStream(bytes), "UTF-8")) {
      for (Path file : files) {
        byte[] content = Files.readAllBytes(file);
        String path = directory.getFileName() + "/" + directory.relativize(file);
        TarArchiveEntry entry = new TarArchiveEntry(path, true);
        entry.setModTime(0);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
