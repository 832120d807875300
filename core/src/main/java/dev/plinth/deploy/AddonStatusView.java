package dev.plinth.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSortedMap;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SortedMap;

/**
 * The status of an Addon.
 *
 * @param observedChecksum SHA-256 of the content it is about; empty if there is no file
 * @param total objects in the cluster that belong to it
 * @param ready those of them that are healthy
 * @param instance node name of the server that says so
 * @param applied whether the content is applied completely
 * @param readiness whether, besides, all its objects are healthy
 * @param further other conditions, by type
 * @param problems what is the matter with objects; the first {@value #MOST_PROBLEMS} are shown
 */
public record AddonStatusView(
    String observedChecksum,
    int total,
    int ready,
    String instance,
    AddonCondition applied,
    AddonCondition readiness,
    SortedMap<String, AddonCondition> further,
    List<AddonProblem> problems) {

  private static final int MOST_PROBLEMS = 50;

  public AddonStatusView {
    further = ImmutableSortedMap.copyOf(further);
    problems = List.copyOf(problems);
  }

  /** The status to write: equal to the live one if that says the same. */
  ObjectNode toJson(JsonNode live, Instant now) {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("observedChecksum", observedChecksum).put("instance", instance);
    status.putObject("objects").put("total", total).put("ready", ready);
    ArrayNode conditions =
        status
            .putArray("conditions")
            .add(condition("Applied", applied, live, now))
            .add(condition("Ready", readiness, live, now));
    further.forEach((type, it) -> conditions.add(condition(type, it, live, now)));
    if (!problems.isEmpty()) {
      ArrayNode shown = status.putArray("problems");
      problems.stream().limit(MOST_PROBLEMS).forEach(it -> shown.add(it.toJson()));
    }
    return status;
  }

  private static ObjectNode condition(
      String type, AddonCondition condition, JsonNode live, Instant now) {
    String status = condition.status().toString();
    String since = now.truncatedTo(ChronoUnit.SECONDS).toString();
    for (JsonNode known : live.path("conditions")) {
      if (known.path("type").asText().equals(type)
          && known.path("status").asText().equals(status)) {
        since = known.path("lastTransitionTime").asText(since);
      }
    }
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", type)
        .put("status", status)
        .put("reason", condition.reason())
        .put("message", condition.message())
        .put("lastTransitionTime", since);
  }
}
