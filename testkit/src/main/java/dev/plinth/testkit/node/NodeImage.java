package dev.plinth.testkit.node;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An image of one layer that is put together of programs of this machine, without a registry.
 *
 * <pre>{@code
 * NodeImage.named("example.test/web:1").withShell().withScript("/bin/serve", script).entrypoint("/bin/serve");
 * }</pre>
 */
public final class NodeImage {

  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final List<String> APPLETS =
      List.of("sh", "sleep", "tr", "cat", "echo", "mkdir", "httpd", "nslookup", "wget");

  private final String name;
  private final Map<String, Path> programs = new LinkedHashMap<>();
  private final Map<String, String> scripts = new LinkedHashMap<>();
  private List<String> entrypoint = List.of();
  private boolean shell;

  private NodeImage(String name) {
    this.name = name;
  }

  /** An image without content. */
  public static NodeImage named(String name) {
    return new NodeImage(Objects.requireNonNull(name, "name"));
  }

  /** Adds the machine's static busybox as shell, with its server and clients. */
  public NodeImage withShell() {
    this.shell = true;
    return withProgram("/bin/busybox", BUSYBOX);
  }

  /** Adds a program of this machine with the libraries that it loads. */
  public NodeImage withProgram(String path, Path file) {
    programs.put(path, file);
    return this;
  }

  /** Adds an executable text. */
  public NodeImage withScript(String path, String text) {
    scripts.put(path, text);
    return this;
  }

  /** What a container runs that is told nothing else. */
  public NodeImage entrypoint(String... command) {
    this.entrypoint = List.of(command);
    return this;
  }

  String name() {
    return name;
  }

  /** Writes the image as an archive that containerd imports. */
  Path writeTo(Path directory) throws IOException {
    Path work = Files.createTempDirectory(directory, "image");
    try {
      Path root = Files.createDirectory(work.resolve("root"));
      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
      fill(root);
      HostCommand.run(
          "tar", "-C", root.toString(), "--owner=0", "--group=0", "-cf", work + "/layer.tar", ".");
      Files.writeString(work.resolve("config.json"), config(work.resolve("layer.tar")));
      Files.writeString(
          work.resolve("manifest.json"),
          Serialization.asJson(
              List.of(
                  Map.of(
                      "Config", "config.json",
                      "RepoTags", List.of(name),
                      "Layers", List.of("layer.tar")))));
      Path archive = Files.createTempFile(directory, "image", ".tar");
      HostCommand.run(
          "tar",
          "-C",
          work.toString(),
          "-cf",
          archive.toString(),
          "manifest.json",
          "config.json",
          "layer.tar");
      return archive;
    } finally {
      delete(work);
    }
  }

  private void fill(Path root) throws IOException {
    Files.createDirectories(root.resolve("tmp"));
    for (Map.Entry<String, Path> program : programs.entrySet()) {
      copy(program.getValue(), root, program.getKey());
      for (Path library : libraries(program.getValue())) {
        copy(library, root, library.toString());
      }
    }
    if (shell) {
      for (String applet : APPLETS) {
        Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
      }
    }
    for (Map.Entry<String, String> script : scripts.entrySet()) {
      Path file = within(root, script.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, script.getValue());
      makeExecutable(file);
    }
  }

  /** What the dynamic linker says that it would load; nothing for a static program. */
  private static List<Path> libraries(Path program) {
    if (!HostCommand.succeeds("ldd", program.toString())) {
      return List.of();
    }
    return Stream.of(HostCommand.run("ldd", program.toString()).split("\\s+"))
        .filter(it -> it.startsWith("/"))
        .map(Path::of)
        .toList();
  }

  private static void copy(Path from, Path root, String to) throws IOException {
    Path file = within(root, to);
    Files.createDirectories(file.getParent());
    Files.copy(from.toRealPath(), file, StandardCopyOption.REPLACE_EXISTING);
    makeExecutable(file);
  }

  private static void makeExecutable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path within(Path root, String absolute) {
    return root.resolve(absolute.substring(1));
  }

  private String config(Path layer) throws IOException {
    return Serialization.asJson(
        Map.of(
            "architecture", architecture(),
            "os", "linux",
            "config",
                Map.of(
                    "Entrypoint", entrypoint, "Env", List.of("PATH=/bin:/sbin:/usr/bin:/usr/sbin")),
            "rootfs", Map.of("type", "layers", "diff_ids", List.of("sha256:" + sha256(layer)))));
  }

  private static String architecture() {
    return Optional.of(System.getProperty("os.arch")).filter("aarch64"::equals).isPresent()
        ? "arm64"
        : "amd64";
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  static void delete(Path directory) throws IOException {
    List<Path> innermostFirst = new ArrayList<>();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            innermostFirst.add(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure) {
            innermostFirst.add(visited);
            return FileVisitResult.CONTINUE;
          }
        });
    for (Path file : innermostFirst) {
      Files.deleteIfExists(file);
    }
  }
}
