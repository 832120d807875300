package dev.plinth.helm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RedactionTest {

  private static ObjectNode json(String text) throws Exception {
    return (ObjectNode) new ObjectMapper().readTree(text);
  }

  private static String redact(String values, String message) throws Exception {
    return Redaction.of(ReleaseValues.of(json(values))).apply(message);
  }

  @Test
  void values_are_taken_out_as_they_are_in_base64_and_quoted() throws Exception {
    String values = "{\"a\": [{\"b\": \"pa\\\"ss-word\"}], \"pin\": 4711, \"s\": \"abc\"}";
    String base64 = Base64.getEncoder().encodeToString("pa\"ss-word".getBytes());
    assertThat(redact(values, "x pa\"ss-word y, \"pa\\\"ss-word\", " + base64 + ", 4711, abc."))
        .isEqualTo("x *** y, \"***\", ***, ***, ***.");
    assertThat(redact(values, "value abc: 14711 in abcd")).isEqualTo("value ***: 14711 in abcd");
  }

  @Test
  void a_longer_value_is_taken_out_whole() throws Exception {
    assertThat(redact("{\"a\": \"secret\", \"b\": \"secret-longer\"}", "is secret-longer"))
        .isEqualTo("is ***");
  }

  @Test
  void each_line_of_a_value_is_taken_out() throws Exception {
    assertThat(redact("{\"key\": \"-----BEGIN\\n  MIIabcdef\\n\"}", "near MIIabcdef"))
        .isEqualTo("near ***");
  }

  @Test
  void words_of_messages_stay() throws Exception {
    assertThat(redact("{\"a\": true, \"b\": \"no\", \"c\": \"\"}", "true: no such thing"))
        .isEqualTo("true: no such thing");
  }

  @Test
  void only_what_is_secret_is_taken_out_if_that_is_known() throws Exception {
    ObjectNode values = json("{\"open\": \"visible\", \"db\": {\"password\": \"hidden-1\"}}");
    Redaction redaction = Redaction.of(values, Set.of(JsonPointer.compile("/db")));
    assertThat(redaction.apply("visible hidden-1")).isEqualTo("visible ***");
  }

  @Test
  void requests_and_values_do_not_show_values() throws Exception {
    ApplyRequest request =
        ApplyRequest.of(ReleaseTarget.of("a", "b"), java.nio.file.Path.of("c"))
            .values(ReleaseValues.of(json("{\"a\": \"hidden-1\"}")))
            .build();
    assertThat(request.toString()).doesNotContain("hidden-1");
  }
}
