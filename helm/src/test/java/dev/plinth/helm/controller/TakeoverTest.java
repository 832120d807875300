package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class TakeoverTest {

  private static ObjectNode json(String text) throws Exception {
    return (ObjectNode) new ObjectMapper().readTree(text);
  }

  @Test
  void numbers_are_the_same_however_they_are_written() throws Exception {
    assertThat(
            Takeover.isSame(
                json("{\"a\": {\"b\": 5, \"c\": [1.0, null]}}"),
                json("{\"a\": {\"c\": [1, null], \"b\": 5.0}}")))
        .isTrue();
  }

  @Test
  void a_value_more_or_another_one_is_a_difference() throws Exception {
    ObjectNode values = json("{\"a\": {\"b\": \"5\"}}");
    assertThat(Takeover.isSame(values, json("{\"a\": {\"b\": 5}}"))).isFalse();
    assertThat(Takeover.isSame(values, json("{\"a\": {\"b\": \"5\", \"c\": null}}"))).isFalse();
    assertThat(Takeover.isSame(values, json("{}"))).isFalse();
  }
}
