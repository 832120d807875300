package dev.plinth.helm.values;

import static dev.plinth.helm.values.Fixture.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.plinth.helm.values.SetArgument.Flag;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetLineTest {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Origin ORIGIN =
      Origin.of(Owner.HELM_CHART, "HelmChart kube-system/traefik", "spec.set[\"k\"]");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a=1 | {a: 1}",
        "a=x,b=w | {a: x, b: w}",
        "a.b.c=x | {a: {b: {c: x}}}",
        "a\\.b=x | {'a.b': x}",
        "node\\.kubernetes\\.io/os=linux | {'node.kubernetes.io/os': linux}",
        "a\\=b=x | {'a=b': x}",
        "a=b=c | {a: 'b=c'}",
        "a=x\\,y | {a: 'x,y'}",
        "a=x\\\\y | {a: 'x\\y'}",
        "a={x,w} | {a: [x, w]}",
        "a={1,true,null,x\\,y} | {a: [1, true, null, 'x,y']}",
        "a={x},b=1 | {a: [x], b: 1}",
        "a={} | {a: ['']}",
        "a=x{y | {a: 'x{y'}",
        "a[0]=x | {a: [x]}",
        "a[2]=x | {a: [null, null, x]}",
        "a[0].b=x,a[0].c=w,a[1].b=z | {a: [{b: x, c: w}, {b: z}]}",
        "a[1][0]=x | {a: [null, [x]]}",
        "a[0].b[1].c=x | {a: [{b: [null, {c: x}]}]}",
        "a[1].b=x | {a: [null, {b: x}]}",
        "a[0]=x,a[0].b=w | {a: [{b: w}]}",
        "a= | {a: ''}",
        "a.b= | {a: {b: ''}}",
        "a[0]= | {a: ['']}",
        "a[0].b= | {a: []}",
        "a=007 | {a: '007'}",
        "a=0 | {a: 0}",
        "a=00 | {a: '00'}",
        "a=-5 | {a: -5}",
        "a=+5 | {a: 5}",
        "a=1.5 | {a: '1.5'}",
        "a=1e3 | {a: '1e3'}",
        "a=9223372036854775807 | {a: '9223372036854775807'}",
        "a=9223372036854775808 | {a: '9223372036854775808'}",
        "a=TrUe,b=FALSE,c=Null | {a: true, b: false, c: null}",
        ".a=1 | {}",
        "a=1, | {a: 1}",
        "a[+1]=x | {a: [null, x]}",
      })
  void reads_what_helm_reads(String argument, String expected) {
    JsonNode values = set(Flag.SET, argument, "{}");

    if (argument.equals("a=9223372036854775807")) {
      assertThat(values.get("a").longValue()).isEqualTo(Long.MAX_VALUE);
    } else {
      assertThat(values).isEqualTo(yaml(expected));
    }
  }

  @Test
  void strings_stay_strings() {
    assertThat(set(Flag.SET_STRING, "a=1,b=true,c={x,1},d=null", "{}"))
        .isEqualTo(yaml("{a: '1', b: 'true', c: [x, '1'], d: 'null'}"));
  }

  @Test
  void an_escaped_comma_in_braces_makes_one_item() {
    SetArgument argument = SetArgument.of("a", NODES.textNode("{a,b}"));

    assertThat(argument.argument()).isEqualTo("a={a\\,b}");
    assertThat(set(Flag.SET_STRING, argument.argument(), "{}")).isEqualTo(yaml("a: ['a,b']"));
  }

  @Test
  void values_that_are_there_are_changed_in_place() {
    String values = "{l: [{a: 1}, x, null], m: {a: 1}, s: text}";

    assertThat(set(Flag.SET, "l[0].b=2", values).get("l"))
        .isEqualTo(yaml("[{a: 1, b: 2}, x, null]"));
    assertThat(set(Flag.SET, "l[1].b=2", values).get("l"))
        .isEqualTo(yaml("[{a: 1}, {b: 2}, null]"));
    assertThat(set(Flag.SET, "l[2][0]=2", values).get("l")).isEqualTo(yaml("[{a: 1}, x, [2]]"));
    assertThat(set(Flag.SET, "l[3]=2", values).get("l")).isEqualTo(yaml("[{a: 1}, x, null, 2]"));
    assertThat(set(Flag.SET, "m.b=2", values).get("m")).isEqualTo(yaml("{a: 1, b: 2}"));
    assertThat(set(Flag.SET, "m=x", values).get("m")).isEqualTo(yaml("x"));
    assertThat(set(Flag.SET, "m=null", values).get("m").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a | the key 'a' has no value",
        "a,b=1 | the key 'a' has no value",
        "a.b | the key 'b' has no value",
        "a.=1 | the key 'a' has no value",
        "a={x,y | found a list without its closing '}'",
        "a[x]=1 | found 'x' as index",
        "a[0 | found '0' as index",
        "a[-1]=1 | found the index -1, expected 0 to 65536",
        "a[65537]=1 | found the index 65537",
        "a[99999999999]=1 | found the index 99999999999",
        "a[0]b=1 | found 'b' after an index",
        "s.a=1 | 's' is a string (",
        "s[0]=1 | 's' is a string (",
        "m[0]=1 | 'm' is a mapping (",
        "z.a=1 | 'z' is null (",
        "z[0]=1 | 'z' is null (",
        "l[0][0]=1 | '[0]' is a string (",
        "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a=1 | more than 30 levels",
      })
  void refuses_what_helm_refuses(String argument, String message) {
    assertThatThrownBy(() -> set(Flag.SET, argument, "{s: text, m: {}, z: null, l: [x]}"))
        .isInstanceOf(ValuesException.class)
        .hasMessageContaining("HelmChart kube-system/traefik: spec.set[\"k\"]: " + message(message))
        .hasMessageNotContaining("text");
  }

  private static String message(String start) {
    return start.startsWith("more") ? "the path has " + start : start;
  }

  private static JsonNode set(Flag flag, String argument, String values) {
    ValueNode.Members members = ValueNode.Members.empty(ORIGIN);
    members
        .members()
        .putAll(
            new LayerReader(new ArrayList<>(), new ArrayList<>())
                .read(ChartDefaults.of("x", values))
                .values()
                .members());
    SetLine.apply(new SetArgument(flag, "k", argument), ORIGIN, members);
    return members.toJson();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a,b | a\\,b",
        "a\\,b | a\\,b",
        "a\\\\,b | a\\\\\\,b",
        "a,,b | a\\,\\,b",
        "{a,b} | {a\\,b}",
      })
  void commas_are_escaped_as_k3s_does(String given, String sent) {
    assertThat(SetArgument.of("k", NODES.textNode(given)).argument()).isEqualTo("k=" + sent);
  }

  @Test
  void types_are_told_apart_as_k3s_does() {
    for (String text : new String[] {"", " ", "foo", "1.0", "0.1", "5", "007"}) {
      assertThat(SetArgument.of("k", NODES.textNode(text)).flag()).isEqualTo(Flag.SET_STRING);
    }
    for (String text : new String[] {"true", "TrUe", "false", "FaLsE", "null", "NuLl"}) {
      assertThat(SetArgument.of("k", NODES.textNode(text)).flag()).isEqualTo(Flag.SET);
    }
    assertThat(SetArgument.of("k", NODES.numberNode(0)).argument()).isEqualTo("k=0");
    assertThat(SetArgument.of("k", NODES.numberNode(-1)).flag()).isEqualTo(Flag.SET);
    assertThat(SetArgument.of("k", NODES.numberNode(1.5)))
        .isEqualTo(new SetArgument(Flag.SET_JSON, "k", "k=1.5"));
  }
}
