package dev.plinth.controlplane.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** Scripts in the place of programs and of the go command, which are quick. */
final class FakeTools {
  private final Path root;

  FakeTools(Path root) {
    this.root = root;
  }

  Path assets() {
    return root.resolve("assets");
  }

  Path home() {
    return root.resolve("home");
  }

  Path cache() {
    return home().resolve(".cache/plinth/tools");
  }

  /** One line for each build that was begun. */
  Path builds() {
    return root.resolve("builds");
  }

  /** Builds go on when this file exists. */
  Path release() {
    return root.resolve("release");
  }

  Map<String, String> environment() {
    return Map.of(
        "PATH", root.resolve("bin") + ":/usr/bin:/bin", "KUBEBUILDER_ASSETS", assets().toString());
  }

  /** A toolbox where nothing is found, unless something is added here. */
  Toolbox toolbox() {
    return Toolbox.of(environment(), home(), line -> {});
  }

  void addAsset(Tool tool, String version) throws IOException {
    script(assets().resolve(tool.program()), "echo 'Some Version: v" + version + "'");
  }

  /** A go command whose builds give programs of the pinned versions. */
  void addGo() throws IOException {
    Toolbox versions = toolbox();
    addGo(versions.version(Tool.ETCD), versions.version(Tool.KUBECTL));
  }

  void addGo(String etcdVersion, String otherVersion) throws IOException {
    script(
        root.resolve("bin/go"),
        """
        echo "$PWD" >> '%1$s'
        while [ ! -e '%2$s' ]; do sleep 0.05; done
        while [ "$1" != -o ]; do shift; done
        cat > "$2" <<'END'
        #!/bin/sh
        case "$0" in
          *etcd) echo '%3$s' ;;
          *) echo 'v%4$s' ;;
        esac
        END
        chmod +x "$2"
        """
            .formatted(builds(), release(), etcdVersion, otherVersion));
  }

  void addBrokenGo() throws IOException {
    script(root.resolve("bin/go"), "echo 'main.go:1: something is wrong'; exit 3");
  }

  void releaseBuilds() throws IOException {
    Files.createFile(release());
  }

  private static void script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
