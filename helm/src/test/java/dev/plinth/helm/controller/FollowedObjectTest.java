package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.drift.Drift;
import dev.plinth.health.HealthContext;
import dev.plinth.health.HealthRules;
import dev.plinth.helm.release.ReleaseName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FollowedObjectTest {

  private static final ResourceKind MAP =
      new ResourceKind("", "v1", "ConfigMap", "configmaps", true);
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final String MANIFEST =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: note}
      data: {text: one}
      """;

  private final FollowedObject object =
      new FollowedObject(
          ReleaseManifest.parse(MANIFEST, new ReleaseName("apps", "note")).objects().get(0), MAP);
  private final AtomicInteger questions = new AtomicInteger();

  private SeenObject live(String text, String version) {
    ObjectNode live = object.body();
    live.withObjectProperty("data").put("text", text);
    live.withObjectProperty("metadata").put("uid", "u").put("resourceVersion", version);
    return SeenObject.of(MAP, Json.resource(live), new HealthRules(new HealthContext(false)));
  }

  private Optional<Drift> drift(SeenObject live) {
    return object.drift(
        Optional.of(live),
        () -> {
          questions.incrementAndGet();
          return Optional.of(Drift.deletionOf(object.key().reference()));
        });
  }

  @Test
  void the_server_is_asked_once_for_each_content_that_differs() {
    assertThat(drift(live("one", "1"))).isEmpty();
    assertThat(questions).hasValue(0);
    assertThat(drift(live("two", "2"))).isPresent();
    assertThat(drift(live("two", "3"))).isPresent();
    assertThat(questions).hasValue(1);
    assertThat(object.isDrifted()).isTrue();
    assertThat(drift(live("three", "4"))).isPresent();
    assertThat(questions).hasValue(2);
    assertThat(drift(live("one", "5"))).isEmpty();
    assertThat(object.isDrifted()).isFalse();
    assertThat(questions).hasValue(2);
  }

  @Test
  void a_question_that_fails_is_asked_again() {
    Optional<SeenObject> live = Optional.of(live("two", "1"));
    try {
      object.drift(
          live,
          () -> {
            throw new IllegalStateException();
          });
    } catch (IllegalStateException e) {
      questions.incrementAndGet();
    }
    assertThat(questions).hasValue(1);
    assertThat(drift(live.get())).isPresent();
    assertThat(questions).hasValue(2);
  }

  @Test
  void pauses_after_refusals_grow_to_five_minutes_and_end_with_a_success() {
    assertThat(object.nextLook()).isEmpty();
    for (int seconds : new int[] {5, 10, 20, 40, 80, 160, 300, 300}) {
      object.refused("no", NOW);
      assertThat(object.nextLook()).contains(NOW.plusSeconds(seconds));
    }
    assertThat(object.refusal()).contains("no");
    assertThat(object.isPausing(NOW)).isTrue();
    assertThat(object.isPausing(NOW.plus(Duration.ofMinutes(5)))).isFalse();
    object.accepted();
    assertThat(object.isPausing(NOW)).isFalse();
    assertThat(object.nextLook()).isEmpty();
  }
}
