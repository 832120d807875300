package dev.plinth.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ManifestParser;
import dev.plinth.manifest.SourceLocation;
import dev.plinth.overlay.OverlayChoice.Answer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OverlayChoiceTest {

  private static final List<ManifestDocument> DECLARED =
      new ManifestParser()
          .parse(
              "shop.yaml",
              "{apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {a: '0', b: '0'}}\n"
                  + "---\n"
                  + "{apiVersion: v1, kind: ConfigMap, metadata: {name: two}, data: {a: '0'}}\n");

  private int questions;

  @Test
  void whatWorksAsAWholeIsAskedOnce() throws InterruptedException {
    OverlayChoice choice =
        choose(
            Map.of("a.yaml", patch("one", "a: '1'"), "b.yaml", patch("two", "a: '2'")), Map.of());

    assertThat(choice.problems()).isEmpty();
    assertThat(choice.certain()).isTrue();
    assertThat(choice.inForce()).containsOnlyKeys("a.yaml", "b.yaml");
    assertThat(values(choice)).containsExactly("{\"a\":\"1\",\"b\":\"0\"}", "{\"a\":\"2\"}");
    assertThat(questions).isEqualTo(1);
  }

  @Test
  void ofAFileThatIsRefusedTheLastContentStaysAndOthersWork() throws InterruptedException {
    OverlayChoice choice =
        choose(
            Map.of("a.yaml", patch("one", "a: bad"), "b.yaml", patch("one", "b: '2'")),
            Map.of("a.yaml", patch("one", "a: '1'")));

    assertThat(values(choice)).startsWith("{\"a\":\"1\",\"b\":\"2\"}");
    assertThat(choice.inForce())
        .isEqualTo(Map.of("a.yaml", patch("one", "a: '1'"), "b.yaml", patch("one", "b: '2'")));
    assertThat(choice.problems())
        .containsExactly(
            new OverlayProblem(
                "overlays/shop/a.yaml",
                OverlayProblem.REFUSED,
                "overlays/shop/a.yaml: the API server refuses what comes of it: bad value; what it"
                    + " said before stays in force"));
  }

  @Test
  void whatNeverWorkedIsLeftOut() throws InterruptedException {
    OverlayChoice choice =
        choose(Map.of("a.yaml", "[", "b.yaml", patch("one", "b: '2'")), Map.of());

    assertThat(values(choice)).startsWith("{\"a\":\"0\",\"b\":\"2\"}");
    assertThat(choice.inForce()).containsOnlyKeys("b.yaml");
    assertThat(choice.problems())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.reason()).isEqualTo(OverlayProblem.INVALID);
              assertThat(it.message())
                  .contains("overlays/shop/a.yaml:")
                  .endsWith("; it is left out");
            });
  }

  @Test
  void whatWorkedLastIsLeftOutTooWhereItDoesNotFitAnyMore() throws InterruptedException {
    OverlayChoice choice =
        choose(
            Map.of("a.yaml", patch("gone", "a: '2'")), Map.of("a.yaml", patch("gone", "a: '1'")));

    assertThat(values(choice)).containsExactly("{\"a\":\"0\",\"b\":\"0\"}", "{\"a\":\"0\"}");
    assertThat(choice.inForce()).isEmpty();
    assertThat(choice.problems()).hasSize(1);
  }

  @Test
  void aFileThatBuildsOnAnotherOneWorksWithIt() throws InterruptedException {
    String builds =
        "{target: {kind: ConfigMap, name: one}, patch: [{op: replace, path: /data/c, value: '2'}]}";
    OverlayChoice choice =
        choose(Map.of("a.yaml", patch("one", "c: '1'"), "b.yaml", builds, "c.yaml", "["), Map.of());

    assertThat(values(choice)).startsWith("{\"a\":\"0\",\"b\":\"0\",\"c\":\"2\"}");
    assertThat(choice.inForce()).containsOnlyKeys("a.yaml", "b.yaml");
  }

  @Test
  void whatTheServerCannotTellIsInForceButNotCertain() throws InterruptedException {
    OverlayChoice choice =
        OverlayChoice.of(
            "shop",
            DECLARED,
            new OverlaySet(
                new TreeMap<>(Map.of("a.yaml", patch("one", "a: '1'"))), new TreeMap<>()),
            (documents, places) -> new Answer(Optional.empty(), false));

    assertThat(choice.certain()).isFalse();
    assertThat(values(choice)).startsWith("{\"a\":\"1\",\"b\":\"0\"}");
  }

  private OverlayChoice choose(Map<String, String> newest, Map<String, String> inForce)
      throws InterruptedException {
    return OverlayChoice.of(
        "shop", DECLARED, new OverlaySet(new TreeMap<>(newest), new TreeMap<>(inForce)), this::ask);
  }

  private Answer ask(OverlaidDocuments documents, Set<SourceLocation> places) {
    questions++;
    boolean isBad =
        documents.over(DECLARED).stream()
            .filter(it -> places.contains(it.location()))
            .anyMatch(it -> it.content().path("data").toString().contains("bad"));
    return isBad ? new Answer(Optional.of("bad value"), true) : Answer.ACCEPTED;
  }

  private static List<String> values(OverlayChoice choice) {
    return choice.documents().over(DECLARED).stream()
        .map(it -> it.content().path("data").toString())
        .toList();
  }

  private static String patch(String name, String data) {
    return "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s}, data: {%s}}"
        .formatted(name, data);
  }
}
