package dev.plinth.addons.traefik;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What is installed, as {@code pinned.properties} says.
 *
 * @param repository address of the chart's repository
 * @param chart version of the official chart
 * @param imageRepository name of the image, without registry
 * @param imageTag tag of the image, which is Traefik's version
 */
record PinnedVersions(String repository, String chart, String imageRepository, String imageTag) {

  private static final String FILE = "pinned.properties";

  static PinnedVersions read() {
    Properties properties = new Properties();
    try (InputStream in = PinnedVersions.class.getResourceAsStream(FILE)) {
      properties.load(new InputStreamReader(requireNonNull(in, FILE), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource " + FILE, e);
    }
    return new PinnedVersions(
        required(properties, "chart.repository"),
        required(properties, "chart.version"),
        required(properties, "image.repository"),
        required(properties, "image.tag"));
  }

  private static String required(Properties properties, String key) {
    return requireNonNull(properties.getProperty(key), () -> FILE + " lacks " + key);
  }
}
