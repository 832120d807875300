package dev.plinth.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.Json;
import dev.plinth.deploy.AddonCondition.Status;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AddonStatusViewTest {

  private static final Instant FIRST = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final Instant LATER = FIRST.plusSeconds(60);
  private static final JsonNode NOTHING = Json.tree("{}");

  @Test
  void shows_what_is_about_it() {
    assertThat((JsonNode) view(false).toJson(NOTHING, FIRST))
        .isEqualTo(
            Json.tree(
                """
                {"observedChecksum":"sum","instance":"n1","objects":{"total":3,"ready":2},
                 "conditions":[
                  {"type":"Applied","status":"True","reason":"Applied","message":"",
                   "lastTransitionTime":"2026-01-02T03:04:05Z"},
                  {"type":"Ready","status":"False","reason":"Why","message":"because",
                   "lastTransitionTime":"2026-01-02T03:04:05Z"}]}
                """));
  }

  @Test
  void shows_what_is_the_matter_with_objects_up_to_a_number_and_a_length() {
    List<AddonProblem> problems =
        Collections.nCopies(
            60, new AddonProblem("ConfigMap a/x", "f:3:1", "Why", "m".repeat(2000)));
    AddonCondition none = new AddonCondition(Status.FALSE, "Why", "");

    JsonNode shown =
        new AddonStatusView("sum", 3, 2, "n1", none, none, new TreeMap<>(), problems)
            .toJson(NOTHING, FIRST)
            .path("problems");

    assertThat(shown).hasSize(50);
    assertThat(shown.get(0).path("object").asText()).isEqualTo("ConfigMap a/x");
    assertThat(shown.get(0).path("location").asText()).isEqualTo("f:3:1");
    assertThat(shown.get(0).path("reason").asText()).isEqualTo("Why");
    assertThat(shown.get(0).path("message").asText()).isEqualTo("m".repeat(1000) + "...");
  }

  @Test
  void says_the_same_later_if_nothing_changed() {
    JsonNode live = view(false).toJson(NOTHING, FIRST);

    assertThat((JsonNode) view(false).toJson(live, LATER)).isEqualTo(live);
  }

  @Test
  void the_time_of_a_condition_is_that_of_its_last_change_of_status() {
    JsonNode live = view(false).toJson(NOTHING, FIRST);

    JsonNode changed = view(true).toJson(live, LATER);

    assertThat(changed.at("/conditions/0/lastTransitionTime").asText())
        .isEqualTo("2026-01-02T03:04:05Z");
    assertThat(changed.at("/conditions/1/lastTransitionTime").asText())
        .isEqualTo("2026-01-02T03:05:05Z");
  }

  @Test
  void another_reason_for_the_same_status_is_no_transition() {
    JsonNode live = view(false).toJson(NOTHING, FIRST);
    AddonStatusView otherReason =
        new AddonStatusView(
            "sum",
            3,
            2,
            "n1",
            new AddonCondition(Status.TRUE, "Applied", ""),
            new AddonCondition(Status.FALSE, "Other", "now because"),
            new TreeMap<>(),
            List.of());

    JsonNode ready = otherReason.toJson(live, LATER).at("/conditions/1");

    assertThat(ready.path("reason").asText()).isEqualTo("Other");
    assertThat(ready.path("lastTransitionTime").asText()).isEqualTo("2026-01-02T03:04:05Z");
  }

  private static AddonStatusView view(boolean ready) {
    return new AddonStatusView(
        "sum",
        3,
        2,
        "n1",
        new AddonCondition(Status.TRUE, "Applied", ""),
        new AddonCondition(ready ? Status.TRUE : Status.FALSE, "Why", "because"),
        new TreeMap<>(),
        List.of());
  }
}
