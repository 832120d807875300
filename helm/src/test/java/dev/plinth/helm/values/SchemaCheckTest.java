package dev.plinth.helm.values;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SchemaCheckTest {

  private static final String SCHEMA =
      """
      {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "required": ["image"],
        "properties": {
          "image": {"type": "object", "required": ["tag"], "properties": {"tag": {"type": "string"}}},
          "ports": {"type": "object", "additionalProperties": {
              "type": "object", "properties": {"port": {"type": "integer", "maximum": 65535}}}},
          "args": {"type": "array", "items": {"type": "string"}},
          "password": {"type": "string", "pattern": "^[a-z]{20,}$", "enum": ["x", "y"]}
        }
      }
      """;
  private static final String DEFAULTS = "image: {tag: v1}\nports: {web: {port: 80}}\n";

  @Test
  void values_that_fit_are_no_problem() {
    assertThat(check(new Fixture().chart("set: {image.tag: v2}"))).isEmpty();
  }

  @Test
  void unknown_values_are_told_to_whom_brought_them() {
    List<ValuesProblem> problems =
        check(
            new Fixture()
                .chart("valuesContent: |\n  args: []\n  logs: {}\n")
                .config("values: {extra: {a: 1}}"));

    assertThat(problems)
        .extracting(ValuesProblem::toString)
        .containsExactlyInAnyOrder(
            "HelmChart kube-system/traefik: spec.valuesContent, line 2, column 1: the chart knows"
                + " no value 'logs' here",
            "HelmChartConfig kube-system/traefik: spec.values.extra: the chart knows no value"
                + " 'extra' here");
  }

  @Test
  void values_of_a_wrong_type_are_told_with_their_place() {
    List<ValuesProblem> problems =
        check(
            new Fixture()
                .chart("{set: {image.tag: 5}, values: {args: [a, 1]}}")
                .config("valuesContent: |\n  ports:\n    web:\n      port: 8000000\n"));

    assertThat(problems)
        .extracting(ValuesProblem::toString)
        .containsExactlyInAnyOrder(
            "HelmChart kube-system/traefik: spec.set[\"image.tag\"]: image.tag: integer found,"
                + " string expected",
            "HelmChart kube-system/traefik: spec.values.args[1]: args[1]: integer found, string"
                + " expected",
            "HelmChartConfig kube-system/traefik: spec.valuesContent, line 3, column 5:"
                + " ports.web.port: must have a maximum value of 65535");
  }

  @Test
  void what_null_took_away_is_told_to_whom_took_it() {
    List<ValuesProblem> problems = check(new Fixture().config("values: {image: {tag: null}}"));

    assertThat(problems)
        .singleElement()
        .hasToString(
            "HelmChartConfig kube-system/traefik: spec.values.image.tag: image: required property"
                + " 'tag' not found");
  }

  @Test
  void nothing_of_a_secret_is_told_but_its_place() {
    List<ValuesProblem> problems =
        check(
            new Fixture()
                .chart("valuesSecrets: [{name: s, keys: [k]}]")
                .secret("s", "k", "password: geheim"));

    assertThat(problems)
        .isNotEmpty()
        .allSatisfy(
            it ->
                assertThat(it.toString())
                    .startsWith(
                        "HelmChart kube-system/traefik: spec.valuesSecrets[0], Secret s, key k,"
                            + " line 1, column 1: password: ")
                    .doesNotContain("geheim"));
  }

  @Test
  void messages_are_in_english_whatever_language_the_host_has() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(check(new Fixture().chart("values: {args: 5}")))
          .singleElement()
          .asString()
          .endsWith("args: integer found, array expected");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void schemas_that_cannot_be_used_are_told_apart() {
    for (String schema :
        List.of(
            "{\"$ref\": \"https://schemas.example.org/absent.json\"}",
            "{\"$schema\": \"https://example.org/unknown\"}",
            "{no json")) {
      Fixture fixture = new Fixture().schema(schema);

      SchemaReport report = new SchemaCheck().check(fixture.chartDefaults(), fixture.merge());

      assertThat(report.problems()).isEmpty();
      assertThat(report.unchecked())
          .singleElement()
          .asString()
          .startsWith("chart traefik: values.schema.json: cannot be used here");
    }
  }

  @Test
  void schemas_of_dependencies_are_for_their_values() {
    ChartDefaults dependency =
        new ChartDefaults(
            "sub",
            "a: 1",
            Optional.of("{\"properties\": {\"a\": {\"type\": \"integer\"}}}"),
            List.of());
    ChartDefaults chart = new ChartDefaults("traefik", "", Optional.empty(), List.of(dependency));
    ValuesInput input = new Fixture().config("values: {sub: {a: x}}").input();
    MergedValues values =
        new ValuesMerger()
            .merge(new ValuesInput(chart, input.chart(), input.config(), input.secrets()));

    assertThat(new SchemaCheck().check(chart, values).problemsOf(Owner.HELM_CHART_CONFIG))
        .singleElement()
        .hasToString(
            "HelmChartConfig kube-system/traefik: spec.values.sub.a: sub.a: string found, integer"
                + " expected");
  }

  private static List<ValuesProblem> check(Fixture fixture) {
    fixture.defaults(DEFAULTS).schema(SCHEMA);
    SchemaReport report = new SchemaCheck().check(fixture.chartDefaults(), fixture.merge());
    assertThat(report.unchecked()).isEmpty();
    return report.problems();
  }
}
