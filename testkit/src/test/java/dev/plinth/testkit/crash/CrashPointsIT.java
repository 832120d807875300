package dev.plinth.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.testkit.WithControlPlane;
import dev.plinth.testkit.crash.CrashPoint.Side;
import dev.plinth.testkit.crash.CrashReport.Problem;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WithControlPlane
class CrashPointsIT {

  private final List<String> cutRuns = new ArrayList<>();
  private ControlPlane controlPlane;
  private KubernetesClient admin;

  private int runs;

  @BeforeEach
  void begin(ControlPlane started) {
    controlPlane = started;
    admin = started.client();
  }

  @Test
  void aProgramThatLooksAtWhatThereIsComesToTheSameStateFromEveryPoint() throws Exception {
    CrashReport report = CrashPoints.of(controlPlane).tryAll(scenario(this::careful));

    assertThat(report.writes()).isEqualTo(2);
    assertThat(report.tried())
        .containsExactly(
            new CrashPoint(1, Side.BEFORE),
            new CrashPoint(1, Side.AFTER),
            new CrashPoint(2, Side.BEFORE),
            new CrashPoint(2, Side.AFTER));
    assertThatCode(report::requireSameState).doesNotThrowAnyException();
    assertThat(report)
        .hasToString(
            "Crash points of 'two': 4 tried, at 2 of the 2 writes in the audit log, 0 not come"
                + " to; 0 led to another state");
    assertThat(cutRuns).as("runs in which a request failed").hasSize(4);
  }

  @Test
  void aProgramThatConcludesFromItsFirstWriteToTheSecondIsFoundOut() throws Exception {
    CrashReport report = CrashPoints.of(controlPlane).tryAll(scenario(this::careless));

    assertThat(report.problems())
        .extracting(Problem::point)
        .containsExactly(new CrashPoint(1, Side.AFTER), new CrashPoint(2, Side.BEFORE));
    assertThatThrownBy(report::requireSameState)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("after write 1")
        .hasMessageContaining("\"name\" : \"crash-second\"");
  }

  @Test
  void aPointThatTheProcessDoesNotComeToAgainIsNoProblemOfTheState() throws Exception {
    CrashReport report =
        CrashPoints.of(controlPlane).tryAll(scenario(this::wordyOnlyWhenItIsCounted));

    assertThat(report.missed())
        .containsExactly(new CrashPoint(3, Side.BEFORE), new CrashPoint(3, Side.AFTER));
    assertThat(report.tried()).hasSize(6);
    assertThatCode(report::requireSameState).doesNotThrowAnyException();
  }

  @Test
  void aProcessThatHardlyEverComesToItsPointsIsFoundOut() throws Exception {
    CrashReport report =
        CrashPoints.of(controlPlane)
            .tryAll(
                scenario(
                    client -> {
                      if (runs++ == 0) {
                        careful(client);
                      } else {
                        careful(admin);
                      }
                    }));

    assertThatThrownBy(report::requireSameState)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not come to: [before write 1, after write 1");
  }

  private void wordyOnlyWhenItIsCounted(KubernetesClient client) {
    careful(client);
    if (runs++ == 0) {
      client
          .resource(client.configMaps().inNamespace("default").withName("crash-second").get())
          .update();
    }
  }

  private CrashScenario scenario(CrashScenario.Process process) {
    return new CrashScenario(
        "two",
        () -> admin.configMaps().inNamespace("default").delete(),
        process,
        () -> Snapshot.ofCluster(admin));
  }

  private void careful(KubernetesClient client) {
    for (String name : List.of("crash-first", "crash-second")) {
      if (!exists(client, name)) {
        create(client, name);
      }
    }
  }

  private void careless(KubernetesClient client) {
    if (!exists(client, "crash-first")) {
      create(client, "crash-first");
      create(client, "crash-second");
    }
  }

  private static boolean exists(KubernetesClient client, String name) {
    return client.configMaps().inNamespace("default").withName(name).get() != null;
  }

  private void create(KubernetesClient client, String name) {
    try {
      client
          .resource(
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withNamespace("default")
                  .withName(name)
                  .endMetadata()
                  .build())
          .create();
    } catch (RuntimeException e) {
      cutRuns.add(e.toString());
      assertThatThrownBy(() -> exists(client, name)).as("a dead client sends nothing").isNotNull();
      throw e;
    }
  }
}
