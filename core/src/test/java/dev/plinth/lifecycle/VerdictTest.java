package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.report.AddonState;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {

  @ParameterizedTest
  @CsvSource({
    "401, FAILED, Unauthorized",
    "403, FAILED, Forbidden",
    "404, PROGRESSING, ServerUnavailable",
    "429, PROGRESSING, ServerUnavailable",
    "500, PROGRESSING, ServerUnavailable",
  })
  void each_refusal_has_its_meaning(int code, AddonState state, String reason) {
    Verdict verdict = Verdict.of(new KubernetesClientException("words", code, null));

    assertThat(verdict.state()).isEqualTo(state);
    assertThat(verdict.reason()).isEqualTo(reason);
  }

  @Test
  void a_lost_connection_passes() {
    assertThat(Verdict.of(new KubernetesClientException("reset", new IOException())))
        .isEqualTo(new Verdict(AddonState.PROGRESSING, "ServerUnavailable", "reset"));
  }

  @Test
  void what_nobody_foresaw_is_a_failure_that_is_seen() {
    assertThat(Verdict.unexpected(new IllegalStateException("oops")))
        .isEqualTo(
            new Verdict(
                AddonState.FAILED, "UnexpectedFailure", "java.lang.IllegalStateException: oops"));
  }

  @Test
  void one_object_is_one_object() {
    assertThat(Verdict.ready(1, List.of()).message()).isEqualTo("1 object");
    assertThat(Verdict.ready(2, List.of()).message()).isEqualTo("2 objects");
  }
}
