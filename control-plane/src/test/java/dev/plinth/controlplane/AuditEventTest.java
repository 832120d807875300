package dev.plinth.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class AuditEventTest {
  @Test
  void readsWhoDidWhatToWhat() {
    AuditEvent event =
        AuditEvent.parse(
            "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\","
                + "\"auditID\":\"id-1\",\"stage\":\"ResponseComplete\",\"requestURI\":"
                + "\"/apis/apps/v1/namespaces/ns/deployments/web/status?fieldManager=pl%2Binth"
                + "&force=true\",\"verb\":\"patch\",\"user\":{\"username\":\"plinth-admin\"},"
                + "\"userAgent\":\"agent/1\",\"objectRef\":{\"resource\":\"deployments\","
                + "\"namespace\":\"ns\",\"name\":\"web\",\"apiGroup\":\"apps\",\"apiVersion\":"
                + "\"v1\",\"subresource\":\"status\"},\"responseStatus\":{\"code\":200},"
                + "\"stageTimestamp\":\"2026-01-02T03:04:05.678901Z\"}");

    assertThat(event.id()).isEqualTo("id-1");
    assertThat(event.request())
        .isEqualTo(
            new Request(
                "patch",
                "apps",
                "deployments",
                "status",
                "ns",
                "web",
                "agent/1",
                "plinth-admin",
                "pl+inth",
                false,
                200,
                Instant.parse("2026-01-02T03:04:05.678901Z"),
                "/apis/apps/v1/namespaces/ns/deployments/web/status"
                    + "?fieldManager=pl%2Binth&force=true"));
  }

  @Test
  void knowsDryRunsAndWhomAnAdministratorActsFor() {
    Request request =
        AuditEvent.parse(
                "{\"auditID\":\"a\",\"requestURI\":\"/api/v1/namespaces/ns/configmaps?dryRun=All\","
                    + "\"verb\":\"create\",\"user\":{\"username\":\"plinth-admin\"},"
                    + "\"impersonatedUser\":{\"username\":\"limited\"},\"objectRef\":{\"resource\":"
                    + "\"configmaps\",\"namespace\":\"ns\",\"apiVersion\":\"v1\"},"
                    + "\"responseStatus\":{\"code\":201},"
                    + "\"stageTimestamp\":\"2026-01-02T03:04:05.678901Z\"}")
            .request();

    assertThat(request.dryRun()).isTrue();
    assertThat(request.isWrite()).isFalse();
    assertThat(request.username()).isEqualTo("limited");
    assertThat(request.group()).isEmpty();
    assertThat(request.name()).isEmpty();
    assertThat(request.fieldManager()).isEmpty();
  }

  @Test
  void refusesWhatIsNoEvent() {
    assertThatThrownBy(() -> AuditEvent.parse("{\"auditID\":"))
        .isInstanceOf(ControlPlaneException.class)
        .hasMessageContaining("{\"auditID\":");
  }
}
