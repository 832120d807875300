package dev.plinth.helm.values;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The examples of the documentation: what is in front of a text gives the text. */
class DocumentedValuesTest {

  private static final Path PAGE = Path.of("../docs/helm-values.md");
  private static final Pattern BLOCK =
      Pattern.compile("```(?<language>yaml|json|text)\n(?<content>.*?)```", Pattern.DOTALL);
  private static final int EXAMPLES = 5;

  @TestFactory
  Stream<DynamicTest> examples() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    Example example = new Example();
    Matcher blocks = BLOCK.matcher(Files.readString(PAGE));
    while (blocks.find()) {
      String content = blocks.group("content");
      if (blocks.group("language").equals("text")) {
        Example complete = example;
        tests.add(
            DynamicTest.dynamicTest(
                "example " + (tests.size() + 1),
                () -> assertThat(complete.outcome()).isEqualTo(content.lines().toList())));
        example = new Example();
      } else if (blocks.group("language").equals("json")) {
        example.schema = Optional.of(content);
      } else {
        example.add(content);
      }
    }
    assertThat(tests).hasSize(EXAMPLES);
    return tests.stream();
  }

  private static final class Example {

    private String defaults = "";
    private Optional<String> schema = Optional.empty();
    private HelmChart chart;
    private Optional<HelmChartConfig> config = Optional.empty();
    private final List<Secret> secrets = new ArrayList<>();

    void add(String yaml) {
      if (yaml.startsWith("# values.yaml of the chart\n")) {
        defaults = yaml.substring(yaml.indexOf('\n') + 1);
      } else if (yaml.contains("kind: HelmChart\n")) {
        chart = Serialization.unmarshal(yaml, HelmChart.class);
      } else if (yaml.contains("kind: HelmChartConfig\n")) {
        config = Optional.of(Serialization.unmarshal(yaml, HelmChartConfig.class));
      } else {
        secrets.add(Serialization.unmarshal(yaml, Secret.class));
      }
    }

    List<String> outcome() {
      ChartDefaults defaultsOfChart = new ChartDefaults("traefik", defaults, schema, List.of());
      try {
        MergedValues values =
            new ValuesMerger()
                .merge(new ValuesInput(defaultsOfChart, chart, config, this::content));
        List<ValuesProblem> problems = new SchemaCheck().check(defaultsOfChart, values).problems();
        return problems.isEmpty()
            ? values.provenance().stream().map(EffectiveValue::toString).toList()
            : problems.stream().map(ValuesProblem::toString).toList();
      } catch (ValuesException e) {
        return e.getMessage().lines().toList();
      }
    }

    private Optional<Map<String, byte[]>> content(String name) {
      return secrets.stream()
          .filter(it -> it.getMetadata().getName().equals(name))
          .findFirst()
          .map(
              it ->
                  it.getStringData().entrySet().stream()
                      .collect(
                          Collectors.toMap(
                              Map.Entry::getKey,
                              entry -> entry.getValue().getBytes(StandardCharsets.UTF_8))));
    }
  }
}
