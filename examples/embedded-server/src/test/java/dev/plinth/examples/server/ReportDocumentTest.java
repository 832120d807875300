package dev.plinth.examples.server;

import static dev.plinth.examples.server.Reports.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportDocumentTest {

  private final ObjectMapper json = new ObjectMapper();

  @Test
  void has_the_promised_names_and_types() throws Exception {
    AddonReport addons =
        new AddonReport(
            List.of(status("coredns", AddonState.READY, "Ready", "all is well", 7, 6125)),
            List.of(status("app.yaml", AddonState.FAILED, "ParseError", "line 3", 0, 10)),
            List.of("a warning"));

    String document =
        json(
            new ServerReport(
                addons,
                List.of(new ServersInCluster.Server("n1", "1.2.3", true, Duration.ofMillis(2500))),
                Path.of("/k"),
                true,
                List.of("another chart stands in")));

    assertThat(json.readTree(document))
        .isEqualTo(
            json.readTree(
                """
                {
                  "addons": [{"name": "coredns", "state": "READY", "reason": "Ready",
                      "message": "all is well", "objects": 7, "seconds": 6.125}],
                  "files": [{"name": "app.yaml", "state": "FAILED", "reason": "ParseError",
                      "message": "line 3", "objects": 0, "seconds": 0.01}],
                  "servers": [{"node": "n1", "version": "1.2.3", "leads": true,
                      "seenSecondsAgo": 2}],
                  "notes": ["another chart stands in"],
                  "kubeconfig": "/k"
                }
                """));
  }

  @Test
  void is_one_document_that_ends_its_last_line() {
    assertThat(json(Reports.report())).startsWith("{").endsWith("}\n");
  }

  @Test
  void yaml_says_the_same() throws Exception {
    ServerReport report = Reports.report();
    String yaml = OutputFormat.YAML.render(() -> "", () -> ReportDocument.of(report));

    assertThat(new YAMLMapper().readTree(yaml)).isEqualTo(json.readTree(json(report)));
    assertThat(yaml).startsWith("addons:").endsWith("\n");
  }

  private static String json(ServerReport report) {
    return OutputFormat.JSON.render(() -> "", () -> ReportDocument.of(report));
  }
}
