package dev.plinth.helm.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import dev.plinth.helm.chart.TestArchive;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The version that is chosen is the one that the helm command chooses. */
@Tag("exhaustive")
class VersionDifferenceIT {

  private static final List<String> VERSIONS =
      List.of(
          "0.0.1",
          "0.0.3",
          "0.1.0",
          "0.2.3",
          "0.2.9",
          "0.3.0-rc1",
          "1.0.0",
          "1.0.0-alpha",
          "1.1.9",
          "1.2.0",
          "1.2.3",
          "1.2.3-beta.2",
          "1.2.10",
          "1.3.0",
          "1.10.0",
          "2.0.0-rc1",
          "2.0.0",
          "2.1.0+b7",
          "3.0.0-0");
  private static final List<String> OPERATORS =
      List.of("", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^", ">= ", "< ");
  private static final List<String> BOUNDS =
      List.of(
          "0",
          "0.0",
          "0.0.3",
          "0.2",
          "0.2.3",
          "1",
          "1.x",
          "1.2",
          "1.2.x",
          "1.2.3",
          "v1.2",
          "1.2.3-beta",
          "1.2.3-0",
          "2",
          "2.0.0-0",
          "2.1",
          "*",
          "x",
          "3");

  @TempDir Path directory;

  @Test
  void for_each_constraint() throws Exception {
    Map<String, String> ours = new TreeMap<>();
    Map<String, String> helms = new TreeMap<>();
    try (TestServer server = TestServer.http()) {
      server.serve("/index.yaml", index());
      for (String version : VERSIONS) {
        server.serve("/web-" + version + ".tgz", TestArchive.of("web", version).bytes());
      }
      for (String constraint : constraints()) {
        ours.put(constraint, ours(constraint));
        helms.put(constraint, helms(server, constraint));
      }
    }
    assertThat(ours.values()).contains("none").hasSizeGreaterThan(60);
    assertThat(ours).isEqualTo(helms);
  }

  private static List<String> constraints() {
    List<String> constraints =
        new ArrayList<>(
            List.of(
                "",
                "1.2 - 1.3",
                "^1.2.0 || ~0.2",
                "<1, >0.1",
                "<x",
                "<=x",
                ">x",
                "!=x",
                "^*",
                "~x",
                "=X"));
    Random random = new Random(7);
    for (int i = 0; i < 60; i++) {
      constraints.add(one(random));
      if (i % 4 == 0) {
        constraints.add(one(random) + (i % 8 == 0 ? ", " : " ") + one(random));
      }
      if (i % 10 == 0) {
        constraints.add(one(random) + " || " + one(random));
      }
    }
    return constraints;
  }

  private static String one(Random random) {
    return OPERATORS.get(random.nextInt(OPERATORS.size()))
        + BOUNDS.get(random.nextInt(BOUNDS.size()));
  }

  private static byte[] index() {
    return VERSIONS.stream()
        .map(
            version ->
                "    - {apiVersion: v2, name: web, version: \"%1$s\", urls: [\"web-%1$s.tgz\"]}\n"
                    .formatted(version))
        .collect(joining("", "apiVersion: v1\nentries:\n  web:\n", ""))
        .getBytes(UTF_8);
  }

  private static String ours(String constraint) {
    try {
      return VersionChoice.choose(constraint, VERSIONS, "index");
    } catch (ChartSourceException e) {
      return "none";
    }
  }

  private String helms(TestServer server, String constraint) throws Exception {
    ProcessBuilder helm =
        new ProcessBuilder(
            Toolbox.standard().resolve(Tool.HELM).path().toString(),
            "show",
            "chart",
            "web",
            "--repo=" + server.uri(""),
            "--version=" + constraint);
    helm.redirectErrorStream(true);
    for (String home : List.of("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME")) {
      helm.environment().put(home, directory.toString());
    }
    Process process = helm.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      assertThat(output)
          .containsAnyOf("no chart version found", "improper constraint", "not found in");
      return "none";
    }
    return output
        .lines()
        .filter(line -> line.startsWith("version: "))
        .findFirst()
        .orElseThrow()
        .substring("version: ".length());
  }
}
