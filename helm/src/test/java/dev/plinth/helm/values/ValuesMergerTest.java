package dev.plinth.helm.values;

import static dev.plinth.helm.values.Fixture.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.helm.values.SetArgument.Flag;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ValuesMergerTest {

  private static final String CHART =
      """
      valuesContent: |
        test: {1: chart.valuesContent, 2: chart.valuesContent, 3: chart.valuesContent,
               4: chart.valuesContent, 5: chart.valuesContent}
      values:
        test: {"1": chart.values, "2": chart.values, "4": chart.values}
      set:
        test.1: chart.set
      """;

  @Test
  void set_wins_over_values_and_these_over_their_content() {
    assertThat(new Fixture().chart(CHART).merge().effective())
        .isEqualTo(
            yaml(
                """
                test:
                  1: chart.valuesContent
                  2: chart.values
                  3: chart.valuesContent
                  4: chart.values
                  5: chart.valuesContent
                """
                    .replaceFirst("1: chart.valuesContent", "1: chart.set")));
  }

  @Test
  void the_config_wins_over_all_of_the_chart_but_set() {
    Fixture fixture =
        new Fixture()
            .chart(CHART)
            .config(
                """
                values:
                  test: {"1": config.values, "2": config.values}
                valuesContent: |
                  test: {1: config.valuesContent, 2: config.valuesContent, 3: config.valuesContent}
                """);

    assertThat(fixture.merge().effective())
        .isEqualTo(
            yaml(
                """
                test:
                  1: chart.set
                  2: config.values
                  3: config.valuesContent
                  4: chart.values
                  5: chart.valuesContent
                """));
  }

  @Test
  void secrets_win_over_what_is_in_the_object_in_the_order_of_their_keys() {
    Fixture fixture =
        new Fixture()
            .chart(
                """
                values: {a: v, b: v, c: v}
                valuesSecrets:
                  - {name: s1, keys: [k1, k2]}
                  - {name: s2, keys: [k]}
                """)
            .config("valuesContent: '{b: cfg}'")
            .secret("s1", "k1", "{a: s1}")
            .secret("s1", "k2", "{a: s1k2}")
            .secret("s2", "k", "{b: s2}");

    assertThat(fixture.merge().effective()).isEqualTo(yaml("{a: s1k2, b: cfg, c: v}"));
  }

  @Test
  void lists_replace_and_null_takes_a_value_of_the_chart_away() {
    Fixture fixture =
        new Fixture()
            .defaults("m: {p: default}")
            .chart("values: {args: [x, y], m: {p: 1, q: 2}}")
            .config("valuesContent: '{args: [z], m: {p: null}}'");

    assertThat(fixture.merge().effective()).isEqualTo(yaml("{args: [z], m: {q: 2}}"));
    assertThat(fixture.merge().supplied()).isEqualTo(yaml("{args: [z], m: {p: null, q: 2}}"));
  }

  @Test
  void null_stays_where_the_chart_has_no_such_value() {
    Fixture fixture =
        new Fixture().defaults("m: {q: 2}").chart("values: {top: null, m: {p: null}}");

    assertThat(fixture.merge().effective()).isEqualTo(yaml("{top: null, m: {p: null, q: 2}}"));
  }

  /** As Helm has it: the rule for the outermost values is another one. */
  @Test
  void null_over_null_of_the_chart_stays_within_a_mapping_only() {
    Fixture fixture =
        new Fixture()
            .defaults("{top: null, m: {p: null}}")
            .chart("values: {top: null, m: {p: null}}");

    assertThat(fixture.merge().effective()).isEqualTo(yaml("{m: {p: null}}"));
  }

  @Test
  void mappings_are_merged_with_those_of_the_chart() {
    Fixture fixture =
        new Fixture()
            .defaults("{a: {b: {c: 1, d: 2}, e: [1, 2]}, f: 3}")
            .chart("values: {a: {b: {c: 9}, e: []}}");

    assertThat(fixture.merge().effective()).isEqualTo(yaml("{a: {b: {c: 9, d: 2}, e: []}, f: 3}"));
  }

  @Test
  void absent_and_null_values_and_empty_texts_say_nothing() {
    Fixture fixture =
        new Fixture()
            .defaults("a: 1")
            .chart("{values: null, valuesContent: ''}")
            .config("{valuesContent: '# nothing', values: {}}");

    assertThat(fixture.merge().effective()).isEqualTo(yaml("a: 1"));
    assertThat(fixture.merge().notices()).isEmpty();
  }

  @Test
  void yaml_of_values_is_that_of_helm() {
    assertThat(new Fixture().chart("valuesContent: '{a: yes, b: 010, y: 1, c: 1.0}'").merge())
        .extracting(it -> it.effective().toString())
        .isEqualTo("{\"a\":true,\"b\":8,\"true\":1,\"c\":1}");
  }

  @Test
  void entries_of_set_become_arguments_as_k3s_makes_them() {
    Fixture fixture =
        new Fixture()
            .chart(
                """
                set:
                  rbac.enabled: "true"
                  ssl.enabled: "false"
                  acme.dnsProvider.name: cloudflare
                  global.clusterCIDR: 10.42.0.0/16,fd42::/48
                  global.systemDefaultRegistry: ""
                  n: 5
                """);

    assertThat(fixture.merge().setArguments())
        .containsExactly(
            new SetArgument(Flag.SET, "n", "n=5"),
            new SetArgument(Flag.SET, "rbac.enabled", "rbac.enabled=true"),
            new SetArgument(Flag.SET, "ssl.enabled", "ssl.enabled=false"),
            new SetArgument(
                Flag.SET_STRING, "acme.dnsProvider.name", "acme.dnsProvider.name=cloudflare"),
            new SetArgument(
                Flag.SET_STRING,
                "global.clusterCIDR",
                "global.clusterCIDR=10.42.0.0/16\\,fd42::/48"),
            new SetArgument(
                Flag.SET_STRING, "global.systemDefaultRegistry", "global.systemDefaultRegistry="));
  }

  @Test
  void set_takes_scalars_of_every_type() {
    Fixture fixture =
        new Fixture()
            .defaults("{gone: 1, none: 1}")
            .chart(
                """
                set: {big: 3000000000, ratio: 1.5, flag: true, text: "007", gone: "NULL", none: null,
                      negative: -5, whole: 2.0, huge: 12345678901234567890}
                """);

    assertThat(fixture.merge().effective())
        .isEqualTo(
            yaml(
                """
                {big: 3000000000, ratio: 1.5, flag: true, text: "007", negative: -5, whole: 2,
                 huge: 12345678901234567890}
                """));
  }

  @Test
  void strings_of_set_win_over_other_types_of_the_same_path() {
    assertThat(new Fixture().chart("set: {a: x, '\\a': 5}").merge().effective())
        .isEqualTo(yaml("a: x"));
  }

  @Test
  void every_value_knows_where_it_came_from() {
    Fixture fixture =
        new Fixture()
            .defaults("image:\n  tag: v1\n  name: traefik\nlogs: {}\n")
            .chart(
                """
                valuesContent: |
                  # ours
                  ports:
                    web:
                      port: 80
                values:
                  a.b: [{c: 1}]
                valuesSecrets:
                  - {name: pass, keys: [values.yaml]}
                set:
                  image.tag: v2
                """)
            .config("valuesContent: |\n  args:\n    - x\n")
            .secret("pass", "values.yaml", "\n  password: geheim\n");

    assertThat(fixture.merge().provenance())
        .extracting(EffectiveValue::toString)
        .containsExactlyInAnyOrder(
            "image.tag = \"v2\"  # HelmChart kube-system/traefik: spec.set[\"image.tag\"]",
            "image.name = \"traefik\"  # chart traefik: values.yaml, line 3, column 3",
            "logs = {}  # chart traefik: values.yaml, line 4, column 1",
            "ports.web.port = 80"
                + "  # HelmChart kube-system/traefik: spec.valuesContent, line 4, column 5",
            "[\"a.b\"][0].c = 1  # HelmChart kube-system/traefik: spec.values[\"a.b\"][0].c",
            "password = ***  # HelmChart kube-system/traefik: spec.valuesSecrets[0],"
                + " Secret pass, key values.yaml, line 2, column 3",
            "args[0] = \"x\""
                + "  # HelmChartConfig kube-system/traefik: spec.valuesContent, line 2, column 5");
    assertThat(fixture.merge().originOf(List.of("a.b", "0", "c")))
        .hasValueSatisfying(it -> assertThat(it.field()).isEqualTo("spec.values[\"a.b\"][0].c"));
    assertThat(fixture.merge().originOf(List.of("a.b", "1"))).isEmpty();
  }

  @Test
  void everything_that_is_wrong_is_told_at_once_with_its_place() {
    Fixture fixture =
        new Fixture()
            .chart(
                """
                valuesContent: |
                  a: 1
                   b: 2
                values: [1]
                valuesSecrets:
                  - {name: absent, keys: [k]}
                  - {name: pass, keys: [other]}
                  - {name: pass, keys: [k]}
                set: {a: [1], b: {c: 1}}
                """)
            .config("valuesContent: just text")
            .secret("pass", "k", "a: {b: 'geheim\n");

    assertThatThrownBy(fixture::merge)
        .isInstanceOfSatisfying(
            ValuesException.class,
            e -> {
              assertThat(e.problems()).hasSize(8);
              assertThat(e.problemsOf(Owner.HELM_CHART_CONFIG)).hasSize(1);
            })
        .hasMessageContainingAll(
            "HelmChart kube-system/traefik: spec.valuesContent, line 2, column",
            "HelmChart kube-system/traefik: spec.values: found a list, expected a mapping",
            "spec.valuesSecrets[0], Secret absent, key k: there is no Secret",
            "spec.valuesSecrets[1], Secret pass, key other: the Secret has no such key",
            "spec.valuesSecrets[2], Secret pass, key k, line ",
            "spec.set[\"a\"]: found a list, expected a string, number or boolean",
            "spec.set[\"b\"]: found a mapping, expected a string, number or boolean",
            "HelmChartConfig kube-system/traefik: spec.valuesContent, line 1, column 1: found a"
                + " string, expected a mapping")
        .hasMessageNotContaining("geheim");
  }

  @Test
  void secrets_whose_updates_are_ignored_may_be_missing() {
    Fixture fixture =
        new Fixture()
            .chart(
                """
                valuesSecrets:
                  - {name: absent, keys: [k], ignoreUpdates: true}
                  - {name: unused}
                  - {name: chart-values-traefik, keys: [k]}
                """)
            .secret("unused", "k", "a: 1");

    assertThat(fixture.merge().effective()).isEmpty();
    assertThat(fixture.merge().notices())
        .singleElement()
        .asString()
        .contains("spec.valuesSecrets[1]: names no keys of the Secret unused");
  }

  @Test
  void what_is_probably_a_mistake_is_told() {
    Fixture fixture =
        new Fixture()
            .defaults("{service: {type: x, spec: {}}, args: []}")
            .chart("valuesContent: |\n  a: 1\n  a: 2\n  id: 9007199254740993\n  args: {x: 1}\n")
            .config("values: {service: {type: {x: 1}, spec: none}}");

    MergedValues merged = fixture.merge();

    assertThat(merged.effective().get("a").intValue()).isEqualTo(2);
    assertThat(merged.effective().get("id").longValue()).isEqualTo(9007199254740992L);
    assertThat(merged.notices())
        .extracting(ValuesProblem::toString)
        .containsExactlyInAnyOrder(
            "HelmChart kube-system/traefik: spec.valuesContent, line 2, column 1: a: duplicate"
                + " key, the first is at 1:1",
            "HelmChart kube-system/traefik: spec.valuesContent, line 3, column 1: found an"
                + " integer of more than 53 bits, which Helm rounds: quote it if it is text",
            "HelmChart kube-system/traefik: spec.valuesContent, line 4, column 1: args: found a"
                + " mapping in place of a list of the chart",
            "HelmChartConfig kube-system/traefik: spec.values.service.type: service.type: found a"
                + " mapping in place of a string of the chart");
  }

  @Test
  void values_of_dependencies_get_the_globals_of_the_chart() {
    ChartDefaults dependency = ChartDefaults.of("sub", "{a: 1, b: 2, global: {own: 1, both: 1}}");
    ChartDefaults chart =
        new ChartDefaults(
            "traefik", "{global: {both: 2}, sub: {b: 3}}", Optional.empty(), List.of(dependency));
    ValuesInput input = new Fixture().chart("values: {sub: {a: null}, global: {r: x}}").input();

    MergedValues merged =
        new ValuesMerger()
            .merge(new ValuesInput(chart, input.chart(), input.config(), input.secrets()));

    assertThat(merged.effective())
        .isEqualTo(
            yaml(
                """
                sub: {b: 3, global: {r: x, both: 2, own: 1}}
                global: {r: x, both: 2}
                """));
    assertThat(merged.originOf(List.of("sub", "global", "own")))
        .hasToString("Optional[chart traefik/sub: values.yaml, line 1, column 23]");
  }
}
