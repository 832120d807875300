package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.release.FailurePolicy;
import dev.plinth.helm.release.ReleaseStatus;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every state in which somebody can have left a release, with every policy. */
@Tag("exhaustive")
class FailurePolicyMatrixIT extends OneHost {

  static Stream<Arguments> all() {
    return Stream.of(ReleaseStatus.values())
        .flatMap(
            status ->
                Stream.of(FailurePolicy.values()).map(policy -> Arguments.of(status, policy)));
  }

  @ParameterizedTest
  @MethodSource("all")
  void a_release_is_brought_to_what_is_wanted_or_left(ReleaseStatus status, FailurePolicy policy) {
    other.install(namespace, "note", Charts.note("1.0.0"), "{\"text\": \"a\"}", Map.of());
    String uid = configMap().getMetadata().getUid();
    HelmChart chart =
        note(
            "{\"set\": {\"text\": \"b\"}, \"timeout\": \"2s\", \"failurePolicy\": \"%s\"}"
                .formatted(policy.fieldValue()));
    if (status != ReleaseStatus.DEPLOYED) {
      host.storage().setStatus(HelmHost.release(chart), 1, status, "left so by the test");
    }
    if (status == ReleaseStatus.UNINSTALLED) {
      client.resource(configMap()).delete();
    }

    host.create(chart);

    switch (expected(status, policy)) {
      case LEAVE -> {
        Verdict left = host.awaitCondition(chart, Verdict.FAILED, "True", "Aborted");
        assertThat(left.message()).contains("abort");
        assertThat(text()).isEqualTo("a");
        assertThat(host.history(chart)).hasSize(1);
      }
      case UPGRADE -> {
        host.awaitReady(chart, 2);
        assertThat(text()).isEqualTo("b");
        assertThat(configMap().getMetadata().getUid()).isEqualTo(uid);
      }
      case REINSTALL -> {
        host.awaitReady(chart, 1);
        assertThat(text()).isEqualTo("b");
        assertThat(configMap().getMetadata().getUid()).isNotEqualTo(uid);
      }
    }
    host.delete(chart);
    host.awaitGone(chart);
    assertThat(host.history(chart)).isEmpty();
    assertThat(configMap()).isNull();
  }

  private enum Expected {
    LEAVE,
    UPGRADE,
    REINSTALL
  }

  /** K3s's table, but that a release of which the history is left is installed again. */
  private static Expected expected(ReleaseStatus status, FailurePolicy policy) {
    return switch (status) {
      case DEPLOYED, SUPERSEDED, PENDING_UPGRADE -> Expected.UPGRADE;
      case UNINSTALLED -> Expected.REINSTALL;
      case UNKNOWN, FAILED, UNINSTALLING, PENDING_INSTALL, PENDING_ROLLBACK ->
          switch (policy) {
            case REINSTALL -> Expected.REINSTALL;
            case RETRY -> Expected.UPGRADE;
            case ABORT -> Expected.LEAVE;
          };
    };
  }
}
