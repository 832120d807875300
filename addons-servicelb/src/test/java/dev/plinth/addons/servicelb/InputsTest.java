package dev.plinth.addons.servicelb;

import static dev.plinth.addons.servicelb.Objects.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users write into a Service: source ranges and tolerations. */
class InputsTest {

  private static final String RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";
  private static final String TOLERATIONS = "svccontroller.k3s.cattle.io/tolerations";

  @Test
  void everybody_may_reach_a_service_that_does_not_say_who() throws Exception {
    assertThat(SourceRanges.of(service("web").build())).isEqualTo("0.0.0.0/0");
    assertThat(SourceRanges.of(service("web").editSpec().withIpFamilies("IPv6").endSpec().build()))
        .isEqualTo("0.0.0.0/0,::/0");
  }

  @Test
  void source_ranges_are_normalised_without_repetition_and_in_the_order_given() throws Exception {
    assertThat(SourceRanges.of(ranges("10.9.8.7/8", "192.168.0.0/16", "10.0.0.0/8", "10.0.0.9/32")))
        .isEqualTo("10.0.0.0/8,192.168.0.0/16,10.0.0.9/32");
  }

  @Test
  void the_field_comes_before_the_annotation() throws Exception {
    ServiceBuilder annotated = annotated(RANGES, " 10.1.0.0/16 , fd00::1/64 ");

    assertThat(SourceRanges.of(annotated.build())).isEqualTo("10.1.0.0/16,fd00::/64");
    assertThat(SourceRanges.of(annotated(RANGES, "  ").build())).isEqualTo("0.0.0.0/0");
    assertThat(
            SourceRanges.of(
                annotated.editSpec().withLoadBalancerSourceRanges("10.2.0.0/16").endSpec().build()))
        .isEqualTo("10.2.0.0/16");
  }

  @Test
  void a_source_range_that_is_none_is_named_with_its_field() {
    assertThatThrownBy(() -> SourceRanges.of(ranges("10.0.0.0/8", "10.0.0.0/33")))
        .isInstanceOf(InvalidServiceException.class)
        .hasMessage(
            "spec.loadBalancerSourceRanges[1]: found '10.0.0.0/33', expected a network like"
                + " 10.43.0.0/16 or fd00:43::/112");
    assertThatThrownBy(() -> SourceRanges.of(annotated(RANGES, "10.0.0.0/8,").build()))
        .hasMessageContaining(RANGES + "[1]: found ''");
    assertThatThrownBy(() -> SourceRanges.of(ranges("x".repeat(10_000))))
        .hasMessageContaining("found 'xxx")
        .extracting(Throwable::getMessage)
        .matches(it -> it.toString().length() < 200);
  }

  @Test
  void more_source_ranges_than_a_container_takes_are_refused() throws Exception {
    assertThat(SourceRanges.of(ranges(many(6_000)))).hasSizeLessThan(128 * 1024);
    assertThatThrownBy(() -> SourceRanges.of(ranges(many(10_000))))
        .isInstanceOf(InvalidServiceException.class)
        .hasMessageContaining("10000 source ranges");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{\"key\":\"a\",\"operator\":\"Exists\",\"effect\":\"NoExecute\"}] | a | Exists |"
            + " NoExecute",
        "'- {key: a, operator: Exists, effect: NoExecute}' | a | Exists | NoExecute",
        "'- {key: a}' | a | Equal |",
        "'- {operator: Exists}' | | Exists |",
      })
  void tolerations_are_read_from_json_and_yaml(
      String text, String key, String operator, String effect) throws Exception {
    assertThat(Tolerations.of(annotated(TOLERATIONS, text).build()))
        .hasSize(3)
        .last()
        .extracting(it -> it.getKey(), it -> it.getOperator(), it -> it.getEffect())
        .isEqualTo(tuple(key, operator, effect).toList());
  }

  @Test
  void an_empty_annotation_adds_no_toleration() throws Exception {
    assertThat(Tolerations.of(annotated(TOLERATIONS, " ").build())).hasSize(2);
    assertThat(Tolerations.of(annotated(TOLERATIONS, "[]").build())).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{{{ junk | found '{{{ junk', expected a list",
        "just text | expected a list",
        "{a: b} | expected a list",
        "'[null]' | toleration 0 is empty",
        "'- {operator: Exists}\n- {key: a, operator: Like}' | toleration 1 operator: found 'Like'",
        "'- {value: v}' | toleration 0 without a key needs operator Exists",
        "'- {key: a, operator: Exists, value: v}' | must have no value, found 'v'",
        "'- {key: a, effect: Never}' | effect: found 'Never'",
        "'- {key: a, colour: red}' | has 'colour', expected key",
      })
  void tolerations_that_are_none_are_named(String text, String message) {
    assertThatThrownBy(() -> Tolerations.of(annotated(TOLERATIONS, text).build()))
        .isInstanceOf(InvalidServiceException.class)
        .hasMessageContaining("annotation " + TOLERATIONS)
        .hasMessageContaining(message);
  }

  private static String[] many(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "10.%d.%d.%d/32".formatted(i >> 16, i >> 8 & 255, i & 255))
        .toArray(String[]::new);
  }

  private static Service ranges(String... ranges) {
    return service("web")
        .editSpec()
        .withLoadBalancerSourceRanges(List.of(ranges))
        .endSpec()
        .build();
  }

  private static ServiceBuilder annotated(String key, String value) {
    return service("web").editMetadata().addToAnnotations(key, value).endMetadata();
  }
}
