package dev.plinth.lifecycle;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this library. */
public final class PlinthVersion {

  private PlinthVersion() {}

  /** E.g. {@code 1.2.3}. */
  public static String current() {
    Properties properties = new Properties();
    try (InputStream in = PlinthVersion.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
