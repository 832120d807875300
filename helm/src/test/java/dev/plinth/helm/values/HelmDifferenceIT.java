package dev.plinth.helm.values;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.controlplane.tools.Tool;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.values.HelmTemplate.Answer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The merge against the real helm: the same input, the same values. */
class HelmDifferenceIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @Test
  void helm_has_the_same_values() {
    compare(Tool.HELM, 1, 4, 60, 8);
  }

  @Tag("exhaustive")
  @Test
  void helm_has_the_same_values_in_many_more_cases() {
    compare(Tool.HELM, 1_000_000, 60, 100, 300);
  }

  @Tag("exhaustive")
  @Test
  void helm_4_has_the_same_values() {
    compare(Tool.HELM4, 2_000_000, 20, 100, 100);
  }

  /**
   * @param batches runs of Helm with many cases, each under a key of its own
   * @param singles cases with a run of their own, and with a dependency of the chart
   */
  private void compare(Tool version, long seed, int batches, int size, int singles) {
    HelmTemplate helm = new HelmTemplate(version, directory);
    int errors = 0;
    for (int batch = 0; batch < batches; batch++) {
      Case all = new Case();
      for (int i = 0; i < size; i++) {
        Case one = new Case();
        one.fill(new RandomValues(seed++), "c" + i, null);
        if (one.merge().isPresent()) {
          all.add(one);
        } else if (errors++ < singles) {
          assertSame(helm, one, seed);
        }
      }
      assertSame(helm, all, seed);
    }
    for (int i = 0; i < singles; i++) {
      Case one = new Case();
      RandomValues random = new RandomValues(seed++);
      one.fill(random, null, random.mapping(0, 2));
      assertSame(helm, one, seed);
    }
    assertThat(errors).as("cases that both refuse").isPositive();
  }

  private static void assertSame(HelmTemplate helm, Case one, long seed) {
    Optional<MergedValues> ours = one.merge();
    Answer theirs =
        helm.render(one.texts.get(0), one.dependency, one.texts.subList(1, 4), one.arguments(ours));
    if (ours.isEmpty()) {
      assertThat(theirs.status())
          .as("seed %d: refused here (%s), by helm not:%n%s", seed, one.refusal, one)
          .isNotZero();
    } else {
      assertThat(theirs.status()).as("seed %d: %s%n%s", seed, theirs.output(), one).isZero();
      assertThat(HelmTemplate.comparable(ours.get().effective()))
          .as("seed %d:%n%s", seed, one)
          .isEqualTo(theirs.values());
    }
  }

  /** Defaults of the chart, values of the HelmChart and of the HelmChartConfig, and set. */
  private static final class Case {

    private final List<String> texts = new ArrayList<>(List.of("", "", "", ""));
    private final ObjectNode set = JSON.createObjectNode();
    private String dependency;
    private String refusal = "";

    void fill(RandomValues random, String key, String dependencyValues) {
      dependency = dependencyValues;
      for (int i = 0; i < texts.size(); i++) {
        String text = random.mapping(key == null ? 0 : 2, 3);
        if (key == null && i == 1) {
          text += "sub:\n" + random.mapping(2, 2);
        }
        texts.set(i, key == null ? text : key + ":\n" + text);
      }
      for (Map.Entry<String, String> it : random.set(key == null ? "" : key + ".").entrySet()) {
        try {
          set.set(it.getKey(), JSON.readTree(it.getValue()));
        } catch (JsonProcessingException e) {
          throw new IllegalStateException(it.getValue(), e);
        }
      }
    }

    void add(Case other) {
      for (int i = 0; i < texts.size(); i++) {
        texts.set(i, texts.get(i) + other.texts.get(i));
      }
      set.setAll(other.set);
    }

    /** Empty if the case is refused. */
    Optional<MergedValues> merge() {
      HelmChart chart = object(HelmChart.class, spec());
      HelmChartConfig config =
          object(HelmChartConfig.class, JSON.createObjectNode().put("valuesContent", texts.get(3)));
      List<ChartDefaults> dependencies =
          dependency == null ? List.of() : List.of(ChartDefaults.of("sub", dependency));
      try {
        return Optional.of(
            new ValuesMerger()
                .merge(
                    new ValuesInput(
                        new ChartDefaults("traefik", texts.get(0), Optional.empty(), dependencies),
                        chart,
                        Optional.of(config),
                        ValuesInput.Secrets.NONE)));
      } catch (ValuesException e) {
        refusal = e.getMessage();
        return Optional.empty();
      }
    }

    /** The second text is the HelmChart's values, as an object. */
    private ObjectNode spec() {
      ObjectNode spec = JSON.createObjectNode().put("valuesContent", texts.get(1));
      JsonNode values =
          new ValuesMerger()
              .merge(
                  new ValuesInput(
                      ChartDefaults.of("x", texts.get(2)),
                      object(HelmChart.class, JSON.createObjectNode()),
                      Optional.empty(),
                      ValuesInput.Secrets.NONE))
              .effective();
      spec.set("values", values);
      spec.set("set", set);
      return spec;
    }

    List<SetArgument> arguments(Optional<MergedValues> merged) {
      return merged
          .map(MergedValues::setArguments)
          .orElseGet(() -> SetArgument.of(object(HelmChart.class, spec())));
    }

    private static <T extends HasMetadata> T object(Class<T> type, JsonNode spec) {
      ObjectNode object = JSON.createObjectNode();
      object.set("spec", spec);
      T read = Serialization.unmarshal(object.toString(), type);
      read.setMetadata(new ObjectMeta());
      read.getMetadata().setNamespace("kube-system");
      read.getMetadata().setName("traefik");
      return read;
    }

    @Override
    public String toString() {
      return String.join("\n=====\n", texts) + "\n===== sub\n" + dependency + "\n===== set\n" + set;
    }
  }
}
