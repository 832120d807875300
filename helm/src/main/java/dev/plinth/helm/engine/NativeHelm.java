package dev.plinth.helm.engine;

import com.marcnuri.helm.TemplateCommand;
import com.marcnuri.helm.VersionCommand;
import com.marcnuri.helm.jni.HelmLib;
import com.marcnuri.helm.jni.NativeLibrary;
import com.sun.jna.Native;
import dev.plinth.helm.io.PrivateDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Helm as a shared library in this process. It is loaded once, at the first use, and stays until
 * the process ends: a Go runtime can't be unloaded. That is all that an engine leaves after its
 * {@code close()}.
 *
 * <p>The library's own loader is not used: it keeps its file until the process ends, installs a
 * shutdown hook, and would download a library that is missing.
 */
final class NativeHelm {

  /** So that two engines of one process share one Go runtime; only the loading writes it. */
  private static final AtomicReference<NativeHelm> LOADED = new AtomicReference<>();

  private final HelmLib library;
  private final String version;

  private NativeHelm(HelmLib library, String version) {
    this.library = library;
    this.version = version;
  }

  /** This process has no Helm library. The message says why, for people. */
  static final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnavailableException(String message) {
      super(message);
    }

    UnavailableException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * @param directory where the library has a file while it is loaded: it takes 100 MB, and may not
   *     be on a file system mounted {@code noexec}
   */
  static synchronized NativeHelm load(Path directory) throws UnavailableException {
    if (LOADED.get() == null) {
      LOADED.set(loadFrom(directory));
    }
    return LOADED.get();
  }

  HelmLib library() {
    return library;
  }

  /** Such as {@code 3.21.0}. */
  String version() {
    return version;
  }

  /** Why there can't be a library here, as far as can be told without loading it. */
  static Optional<String> obstacle() {
    String system = System.getProperty("os.name");
    String cpu = System.getProperty("os.arch");
    if (onMusl()) {
      return Optional.of("the Helm library needs glibc, and this system has musl");
    }
    return find().isPresent()
        ? Optional.empty()
        : Optional.of("there is no Helm library for %s on %s".formatted(system, cpu));
  }

  private static boolean onMusl() {
    try (var loaders = Files.newDirectoryStream(Path.of("/lib"), "ld-musl-*")) {
      return loaders.iterator().hasNext() && !Files.exists(Path.of("/lib64/ld-linux-x86-64.so.2"));
    } catch (IOException e) {
      return false; // no such directory: not that system
    }
  }

  /** The jar on the class path that is for this system; several may be there. */
  private static Optional<NativeLibrary> find() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String cpu = System.getProperty("os.arch");
    String name =
        (system.contains("win") ? "windows" : system.contains("mac") ? "darwin" : system)
            + "-"
            + (cpu.equals("x86_64") ? "amd64" : cpu.equals("aarch64") ? "arm64" : cpu);
    return ServiceLoader.load(NativeLibrary.class, NativeHelm.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .filter(library -> library.getBinaryName().contains(name))
        .findFirst();
  }

  private static NativeHelm loadFrom(Path directory) throws UnavailableException {
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      throw new UnavailableException(obstacle.get());
    }
    NativeLibrary source = find().orElseThrow();
    PrivateDirectory temporary = null;
    try {
      temporary = PrivateDirectory.at(directory).unique("helm-library-");
      HelmLib library = Native.load(extract(source, temporary).toString(), HelmLib.class);
      String version = new VersionCommand(library).call().replaceFirst("^v", "");
      keepSignals(library, temporary);
      return new NativeHelm(library, version);
    } catch (IOException | UnsatisfiedLinkError | IllegalStateException e) {
      throw new UnavailableException(
          "the Helm library can not be loaded from %s: %s".formatted(directory, e.getMessage()), e);
    } finally {
      delete(temporary);
    }
  }

  private static Path extract(NativeLibrary source, PrivateDirectory directory)
      throws IOException, UnavailableException {
    String name = source.getBinaryName();
    try (InputStream binary = source.getClass().getResourceAsStream("/" + name)) {
      if (binary == null) {
        throw new UnavailableException("the jar of the Helm library lacks " + name);
      }
      Path file = directory.file(name);
      Files.copy(binary, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    }
  }

  /**
   * The library's first rendering takes SIGINT, SIGTERM and SIGQUIT from the JVM, once for the
   * process: after that the host's shutdown hooks would not run and there would be no thread dumps.
   * A chart without content provokes it here and now, and the JVM gets its handlers back.
   */
  private static void keepSignals(HelmLib library, PrivateDirectory directory) throws IOException {
    PrivateDirectory chart = directory.directory("chart");
    chart.write("Chart.yaml", "apiVersion: v2\nname: none\nversion: 0.0.0\n".getBytes());
    try (SignalHandlers handlers = SignalHandlers.keep()) {
      new TemplateCommand(library, chart.path()).withName("none").call();
    }
  }

  private static void delete(PrivateDirectory directory) {
    try {
      if (directory != null) {
        directory.delete();
      }
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(NativeHelm.class)
          .warn("Can not delete {}: {}", directory.path(), e.toString());
    }
  }
}
