package dev.plinth.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pods "web" is forbidden: exceeded quota: small, requested: pods=1 | Quota | small | true
          admission webhook "policy.example.org" denied the request: no tags | AdmissionDenied | policy.example.org | true
          Internal error occurred: failed calling webhook "hook.example.org": no endpoints | WebhookDown | hook.example.org | false
          x is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: m | AdmissionDenied | ValidatingAdmissionPolicy p | true
          pods "x" is forbidden: violates PodSecurity "restricted:latest": caps | AdmissionDenied | restricted:latest | true
          """)
  void who_refuses_is_recognised_by_the_servers_words(
      String words, String reason, String who, boolean terminal) {
    Refusal refusal = Refusal.parse(words).orElseThrow();

    assertThat(refusal.reason()).isEqualTo(reason);
    assertThat(refusal.message()).contains(who);
    assertThat(refusal.terminal()).isEqualTo(terminal);
  }

  @Test
  void the_object_that_happened_to_be_tried_last_is_left_out_so_that_the_words_stay_the_same() {
    String one =
        Refusal.parse("Error creating: pods \"a-1\" is forbidden: exceeded quota: q, used: 1")
            .orElseThrow()
            .message();
    String two =
        Refusal.parse(
                "(combined from similar events): Error creating: pods \"a-2\" is forbidden:"
                    + " exceeded quota: q, used: 1")
            .orElseThrow()
            .message();

    assertThat(one).isEqualTo(two);
  }

  @Test
  void other_words_are_not_taken_for_a_refusal() {
    assertThat(Refusal.parse("the object has been modified")).isEmpty();
  }
}
