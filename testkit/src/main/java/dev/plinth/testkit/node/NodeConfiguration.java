package dev.plinth.testkit.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** The configuration files of a node's programs, in the node's directory. */
final class NodeConfiguration {

  private final Path directory;
  private final Map<String, String> values;

  /**
   * @param values what stands for {@code %{NAME}} in the files
   */
  NodeConfiguration(Path directory, Map<String, String> values) {
    this.directory = directory;
    this.values = values;
  }

  /** Writes a file of this package's resources, filled in. */
  Path write(String name) throws IOException {
    String text = resource(name);
    for (Map.Entry<String, String> value : values.entrySet()) {
      text = text.replace("%{" + value.getKey() + "}", value.getValue());
    }
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  /**
   * Writes the kubeconfig of the node's programs.
   *
   * @param given a kubeconfig of the machine
   * @param server the same server's address as the node sees it
   */
  void writeKubeconfig(Path given, URI server) throws IOException {
    Config config = Serialization.unmarshal(Files.readString(given), Config.class);
    String verified = URI.create(cluster(config).getServer()).getHost();
    ConfigBuilder seen = new ConfigBuilder(config);
    seen.editFirstCluster()
        .editCluster()
        .withServer(server.toString())
        .withTlsServerName(verified)
        .endCluster()
        .endCluster();
    Path file = directory.resolve("kubeconfig");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, Serialization.asYaml(seen.build()));
  }

  private static io.fabric8.kubernetes.api.model.Cluster cluster(Config config) {
    return config.getClusters().get(0).getCluster();
  }

  static String resource(String name) throws IOException {
    try (InputStream in = NodeConfiguration.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The jar lacks its resource " + name);
      }
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  /** A file's content, or why there is none: for messages. */
  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "(" + e + ")";
    }
  }
}
