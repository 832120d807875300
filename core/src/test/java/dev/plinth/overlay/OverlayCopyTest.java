package dev.plinth.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OverlayCopyTest {

  private static final String ME = "plinth-overlay-n1";
  private static final String OTHER = "plinth-overlay-n2";

  private final ObjectNode live = JsonNodeFactory.instance.objectNode();

  @Test
  void withoutFilesAndConfigMapThereIsNothingToDo() {
    OverlayCopy copy = copy(Optional.empty(), Map.of());

    assertThat(copy.needed()).isFalse();
    assertThat(copy.isLast()).isTrue();
  }

  @Test
  void whatIsCopiedAlreadyIsNotCopiedAgain() {
    owns(ME, "Apply", "a.yaml");
    has("a.yaml", "1");

    assertThat(copy(Map.of("a.yaml", "1")).needed()).isFalse();
  }

  @Test
  void aFileOfOursMayChangeWhileNobodyLooks() {
    owns(ME, "Apply", "a.yaml");
    has("a.yaml", "1");

    OverlayCopy copy = copy(Map.of("a.yaml", "2"));

    assertThat(copy.needed()).isTrue();
    assertThat(copy.mine()).isEqualTo(Map.of("a.yaml", "2"));
    assertThat(copy.problems()).isEmpty();
  }

  @Test
  void equalFilesAreOwnedTogether() {
    owns(OTHER, "Apply", "a.yaml");
    has("a.yaml", "1");

    OverlayCopy copy = copy(Map.of("a.yaml", "1"));

    assertThat(copy.needed()).isTrue();
    assertThat(copy.mine()).containsOnlyKeys("a.yaml");
  }

  @Test
  void aDifferentFileOfAnotherServerStaysUnlessOursWasSeenToChange() {
    owns(OTHER, "Apply", "a.yaml");
    has("a.yaml", "1");

    OverlayCopy copy = copy(Map.of("a.yaml", "2"));

    assertThat(copy.needed()).isFalse();
    assertThat(copy.problems())
        .singleElement()
        .satisfies(
            it ->
                assertThat(it.message())
                    .startsWith(
                        "overlays/shop/a.yaml: the cluster has another content, written by server"
                            + " n2, which stays"));

    OverlayCopy seen =
        OverlayCopy.of(
            "shop", Optional.of(live), ME, new TreeMap<>(Map.of("a.yaml", "2")), Set.of("a.yaml"));
    assertThat(seen.needed()).isTrue();
    assertThat(seen.mine()).isEqualTo(Map.of("a.yaml", "2"));
  }

  @Test
  void aFileThatWasSharedIsGivenUpWhereItDiffersNow() {
    owns(ME, "Apply", "a.yaml");
    owns(OTHER, "Apply", "a.yaml");
    has("a.yaml", "1");

    OverlayCopy copy = copy(Map.of("a.yaml", "2"));

    assertThat(copy.needed()).isTrue();
    assertThat(copy.mine()).isEmpty();
    assertThat(copy.result()).isEqualTo(Map.of("a.yaml", "1"));
    assertThat(copy.isLast()).isFalse();
  }

  @Test
  void whatAPersonEditedInTheClusterStays() {
    owns("kubectl-edit", "Update", "a.yaml", "b.yaml");
    has("a.yaml", "edited");
    has("b.yaml", "new");

    OverlayCopy copy = copy(Map.of("a.yaml", "1"));

    assertThat(copy.needed()).isFalse();
    assertThat(copy.problems()).singleElement().asString().contains("written by kubectl-edit");
  }

  @Test
  void theConfigMapGoesWithTheLastFile() {
    owns(ME, "Apply", "a.yaml");
    has("a.yaml", "1");
    assertThat(copy(Map.of()).isLast()).isTrue();
    assertThat(copy(Map.of()).needed()).isTrue();

    owns(OTHER, "Apply", "b.yaml");
    has("b.yaml", "1");
    assertThat(copy(Map.of()).isLast()).isFalse();
    assertThat(copy(Map.of()).result()).containsOnlyKeys("b.yaml");
  }

  @Test
  void whatDoesNotFitIntoAConfigMapIsTold() {
    OverlayCopy copy = copy(Optional.empty(), Map.of("a.yaml", "é".repeat(524_285)));
    assertThat(copy.fits()).isTrue();

    OverlayCopy larger = copy(Optional.empty(), Map.of("a.yaml", "é".repeat(524_286)));
    assertThat(larger.fits()).isFalse();
    assertThat(larger.problems())
        .singleElement()
        .asString()
        .contains("overlays/shop/: found 1048578 bytes in all, expected at most 1048576");
  }

  @Test
  void aFieldManagerHasAtMost128Characters() {
    assertThat(OverlayMaps.fieldManager("n1")).isEqualTo(ME);
    String longest = "n".repeat(253);
    assertThat(OverlayMaps.fieldManager(longest))
        .hasSize(128)
        .isNotEqualTo(OverlayMaps.fieldManager(longest + "m"));
  }

  private void has(String name, String content) {
    live.withObjectProperty("data").put(name, content);
  }

  private void owns(String manager, String operation, String... names) {
    ArrayNode entries = live.withObjectProperty("metadata").withArrayProperty("managedFields");
    ObjectNode entry = entries.addObject().put("manager", manager).put("operation", operation);
    ObjectNode data = entry.putObject("fieldsV1").putObject("f:data");
    data.putObject(".");
    for (String name : names) {
      data.putObject("f:" + name);
    }
  }

  private OverlayCopy copy(Map<String, String> disk) {
    return copy(Optional.of(live), disk);
  }

  private static OverlayCopy copy(Optional<ObjectNode> live, Map<String, String> disk) {
    return OverlayCopy.of("shop", live, ME, new TreeMap<>(disk), Set.of());
  }
}
