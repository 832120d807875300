package dev.plinth.helm.chart;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Chart archives for tests. */
public final class TestArchive {
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  /** An archive with a {@code Chart.yaml} in a directory of the chart's name. */
  public static TestArchive of(String name, String version) {
    return new TestArchive()
        .with(
            name + "/Chart.yaml",
            "apiVersion: v2\nname: %s\nversion: %s\n".formatted(name, version));
  }

  public static TestArchive empty() {
    return new TestArchive();
  }

  public TestArchive with(String path, String content) {
    return with(path, content.getBytes(UTF_8));
  }

  public TestArchive with(String path, byte[] content) {
    files.put(path, content);
    return this;
  }

  public byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GZIPOutputStream(bytes), "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
