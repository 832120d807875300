package dev.plinth.helm.source;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Which chart, and where it is. */
public sealed interface ChartReference {

  /** What a chart is called in messages: without credentials. */
  String describe();

  /**
   * A chart of a repository, which has an {@code index.yaml}.
   *
   * @param version an exact version, a constraint, or empty for the newest release
   */
  record InRepository(URI repository, String name, String version) implements ChartReference {
    public InRepository {
      requireNonNull(repository, "repository");
      requireNonNull(name, "name");
      requireNonNull(version, "version");
    }

    @Override
    public String describe() {
      return "chart %s%s of %s"
          .formatted(name, version.isEmpty() ? "" : " " + version, Urls.plain(repository));
    }

    /** Without credentials, which may be in the address. */
    @Override
    public String toString() {
      return describe();
    }
  }

  /** An archive at an HTTP or HTTPS address. */
  record AtUrl(URI url) implements ChartReference {
    public AtUrl {
      requireNonNull(url, "url");
    }

    @Override
    public String describe() {
      return Urls.plain(url);
    }

    /** Without credentials, which may be in the address. */
    @Override
    public String toString() {
      return describe();
    }
  }

  /**
   * A chart in an OCI registry.
   *
   * @param registry host, with a port if there is one
   * @param repository the path, the chart's name included
   * @param version a tag or a constraint, or empty for the newest release
   */
  record InRegistry(String registry, String repository, String version) implements ChartReference {
    public InRegistry {
      requireNonNull(registry, "registry");
      requireNonNull(repository, "repository");
      requireNonNull(version, "version");
    }

    @Override
    public String describe() {
      return "oci://%s/%s%s"
          .formatted(registry, repository, version.isEmpty() ? "" : " " + version);
    }
  }

  /** An archive that is part of the object that refers to it. */
  record Inline(byte[] archive) implements ChartReference {
    public Inline {
      archive = archive.clone();
    }

    @Override
    public byte[] archive() {
      return archive.clone();
    }

    @Override
    public String describe() {
      return "the chart in chartContent";
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Inline inline && Arrays.equals(archive, inline.archive);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(archive);
    }

    @Override
    public String toString() {
      return "Inline[" + archive.length + " bytes]";
    }
  }

  /**
   * An archive that the server itself has in {@code static/charts}.
   *
   * @param path below that directory
   */
  record Static(String path) implements ChartReference {
    public Static {
      requireNonNull(path, "path");
    }

    @Override
    public String describe() {
      return "static chart " + path;
    }
  }

  /**
   * A chart that comes with the server: an archive {@code NAME-VERSION.tgz} in {@code
   * static/charts}, else below {@code META-INF/plinth/charts} on the class path, else the one of
   * that version in a repository. Where it is found is looked at each time, so that an archive that
   * is put there later is used from then on.
   *
   * @param version an exact one
   * @param digest SHA-256, in hexadecimal digits, that a downloaded archive must have; archives of
   *     the server's own are what they are
   */
  record Packaged(URI repository, String name, String version, Optional<String> digest)
      implements ChartReference {
    public Packaged {
      requireNonNull(repository, "repository");
      requireNonNull(name, "name");
      requireNonNull(version, "version");
      requireNonNull(digest, "digest");
    }

    /** How its archive is called wherever it lies. */
    public String fileName() {
      return name + "-" + version + ".tgz";
    }

    /** The same chart in the repository. */
    InRepository inRepository() {
      return new InRepository(repository, name, version);
    }

    @Override
    public String describe() {
      return "chart %s %s".formatted(name, version);
    }

    /** Without credentials, which may be in the address. */
    @Override
    public String toString() {
      return describe() + " of " + Urls.plain(repository);
    }
  }

  /** An archive in a file of this host. */
  record InFile(Path file) implements ChartReference {
    public InFile {
      requireNonNull(file, "file");
    }

    @Override
    public String describe() {
      return file.toString();
    }
  }
}
