package dev.plinth.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeNameTest {

  private final ConfigurationReader reader =
      ConfigurationReader.of(List.of())
          .withDefaultDataDir(Path.of("/data"))
          .withEnvironment(Map.of("K3S_NODE_NAME", "from-variable"))
          .withHostName(() -> "from-host");

  @Test
  void theFlagBeatsTheVariableAndTheVariableTheHost() {
    assertThat(reader.read("--node-name=from-flag").nodeName()).isEqualTo("from-flag");
    assertThat(reader.read().nodeName()).isEqualTo("from-variable");
    assertThat(reader.withEnvironment(Map.of()).read().nodeName()).isEqualTo("from-host");
  }

  @Test
  void anEmptyNameIsNoName() {
    ConfigurationReader empty = reader.withEnvironment(Map.of("K3S_NODE_NAME", ""));

    assertThat(empty.read("--node-name=").nodeName()).isEqualTo("from-host");
  }

  @Test
  void theHostIsNotAskedWhereANameIsGiven() {
    ConfigurationReader strict =
        reader.withHostName(
            () -> {
              throw new AssertionError("asked");
            });

    assertThat(strict.read().nodeName()).isEqualTo("from-variable");
  }

  @Test
  void namesAreLowerCased() {
    assertThat(reader.read("--node-name=Node-1.Example.COM").nodeName())
        .isEqualTo("node-1.example.com");
    assertThat(ofHost("MyHost\n").nodeName()).isEqualTo("myhost");
  }

  @ParameterizedTest
  @ValueSource(strings = {"my_node", "-node", "node-", "a..b", ".a", "a.", "nöde", "a b", "a/b"})
  void anInvalidNameIsRefused(String name) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> reader.read("--node-name", name))
        .withMessageStartingWith(
            "flag --node-name: found '%s', expected an RFC 1123 subdomain", name);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> ofHost(name))
        .withMessageContaining("found '%s'", name)
        .withMessageEndingWith("set --node-name or the variable K3S_NODE_NAME");
  }

  @Test
  void aNameMayHave253CharactersAndNoMore() {
    String longest = "a".repeat(63) + ".b".repeat(95);

    assertThat(reader.read("--node-name", longest).nodeName()).hasSize(253);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> reader.read("--node-name", longest + "c"));
  }

  @Test
  void anInvalidNameInTheVariableIsToldWithTheVariable() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> reader.withEnvironment(Map.of("K3S_NODE_NAME", "a_b")).read())
        .withMessageStartingWith("variable K3S_NODE_NAME: found 'a_b'");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "  ", "localhost", "LOCALHOST", "localhost.localdomain"})
  void aHostNameThatSaysNothingIsRefusedWithBothRemedies(String hostName) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> ofHost(hostName))
        .withMessageEndingWith("; set --node-name or the variable K3S_NODE_NAME");
  }

  @Test
  void aHostNameThatOnlyBeginsLikeLocalhostIsFine() {
    assertThat(ofHost("localhost-1").nodeName()).isEqualTo("localhost-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "Localhost.localdomain"})
  void anExplicitLocalhostIsWarnedOf(String name) {
    ServerConfig config = reader.read("--node-name", name);

    assertThat(config.nodeName()).isEqualToIgnoringCase(name);
    assertThat(config.warnings())
        .singleElement()
        .asString()
        .startsWith("flag --node-name: '%s'".formatted(config.nodeName()));
  }

  @Test
  void theOperatingSystemKnowsTheHostsName() {
    assertThat(new HostName().get()).isNotBlank();
  }

  private ServerConfig ofHost(String hostName) {
    return reader.withEnvironment(Map.of()).withHostName(() -> hostName).read();
  }
}
