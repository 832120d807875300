package dev.plinth.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Canary;
import dev.plinth.Fuzzing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever becomes of a valid configuration file is read or refused, soon and discreetly. */
class ConfigurationFuzzTest {

  private static final Option<String> PASSWORD =
      Option.of("example-password", it -> it, null, "a password").withSecretValue();

  private static final List<String> VALID =
      List.of(
              """
              # K3s's own, which hold secrets.
              token: %1$s
              agent-token: "%1$s"
              datastore-endpoint: 'mysql://user:%1$s@tcp(db:3306)/k3s'
              disable:
                - traefik
                - servicelb
              cluster-dns: 10.43.0.10
              node-name: n1
              """,
              """
              cluster-cidr: [10.42.0.0/16]
              service-cidr: "10.43.0.0/16"
              cluster-domain: corp.example
              example-password: "%1$s"
              disable+: [coredns]
              addons:
                example:
                  example-password: %1$s
              """,
              """
              {"token": "%1$s", "disable": ["traefik"], "drift": "warn", "data-dir": "/srv"}
              """)
          .stream()
          .map(it -> it.formatted(Canary.VALUE))
          .toList();

  @TempDir private Path directory;

  @Test
  void mutatedFilesAreReadOrRefused() {
    Fuzzing.run(Duration.ofMillis(1000), VALID, this::read);
  }

  @Tag("exhaustive")
  @Test
  void mutatedFilesAreReadOrRefusedAtLength() {
    Fuzzing.run(Duration.ofSeconds(20), VALID, this::read);
  }

  /** Of options that are not secret the message shows what was found. */
  private static boolean quotesAValueOnPurpose(ConfigurationException e) {
    return e.getMessage().contains(": found '") && !e.getMessage().contains("example-password");
  }

  private Optional<String> read(byte[] content) throws IOException {
    Path file = directory.resolve("config.yaml");
    Files.write(file, content);
    try {
      ServerConfig config =
          ConfigurationReader.of(List.of(Owner.of("example", PASSWORD)))
              .withHostName(() -> "host")
              .withDefaultConfigFile(file)
              .withDefaultDataDir(directory)
              .read();
      String told = config.warnings() + " " + config.ignoredKeys();
      assertThat(Canary.isIn(told)).as(told).isFalse();
      return Optional.empty();
    } catch (ConfigurationException e) {
      assertThat(e.getMessage()).isNotBlank();
      return Optional.of(quotesAValueOnPurpose(e) ? "" : e + String.valueOf(e.getCause()));
    }
  }
}
