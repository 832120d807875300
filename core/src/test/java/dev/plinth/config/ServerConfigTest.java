package dev.plinth.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plinth.config.ExplainedOption.Given;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerConfigTest {

  @TempDir private Path directory;

  private static final Option<Integer> PORT = Option.number("port", 1, 65535, 80, "a port");
  private static final Option<String> HOSTS =
      Option.text("hosts", null, "some hosts").withManyValues();
  private static final Option<String> KEY = Option.text("key", null, "a key").withSecretValue();

  @Test
  void aProgramSetsWhatAFlagSets() {
    ServerConfig built =
        ServerConfig.builder()
            .dataDir(Path.of("/data"))
            .nodeName("Node-1")
            .disable("traefik", "servicelb")
            .clusterCidrs("10.0.0.0/8", "fd02::/56")
            .serviceCidrs("10.96.0.0/12", "fd01::/108")
            .clusterDns("10.96.0.53", "fd01::53")
            .clusterDomain("corp.example")
            .systemDefaultRegistry("r.example/")
            .drift(DriftPolicy.WARN)
            .pruneRemovedManifests(true)
            .deleteProtected("traefik")
            .build();
    ServerConfig read =
        ConfigurationReader.of(List.of())
            .read(
                "--data-dir=/data",
                "--node-name=node-1",
                "--disable=traefik,servicelb",
                "--cluster-cidr=10.0.0.0/8,fd02::/56",
                "--service-cidr=10.96.0.0/12,fd01::/108",
                "--cluster-dns=10.96.0.53,fd01::53",
                "--cluster-domain=corp.example",
                "--system-default-registry=r.example",
                "--drift=warn",
                "--prune-removed-manifests",
                "--delete-protected=traefik");

    assertThat(built).isEqualTo(read).hasSameHashCodeAs(read);
    assertThat(built.clusterCidrs()).containsExactly("10.0.0.0/8", "fd02::/56");
    assertThat(built).isNotEqualTo(minimal().build());
  }

  @Test
  void everyOptionTellsItsValuesAndWhereTheyComeFrom() throws Exception {
    Path file = Files.writeString(directory.resolve("config.yaml"), "disable: one\nport: 81\n");
    List<OptionOwner> owners = List.of(Owner.of("web", PORT, HOSTS, KEY));

    List<ExplainedOption> explained =
        ConfigurationReader.of(owners)
            .withEnvironment(Map.of("K3S_NODE_NAME", "node"))
            .read("-c", file.toString(), "-d", "/data", "--disable", "two", "--port=82", "--key=x")
            .explain(owners);

    assertThat(explained)
        .contains(
            new ExplainedOption(
                "disable",
                "plinth",
                List.of("one", "two"),
                List.of(
                    new Given("one", file + ":1:10: key 'disable'"),
                    new Given("two", "flag --disable"))),
            new ExplainedOption(
                "node-name",
                "plinth",
                List.of("node"),
                List.of(new Given("node", "variable K3S_NODE_NAME"))),
            new ExplainedOption("cluster-dns", "plinth", List.of("10.43.0.10"), List.of()),
            new ExplainedOption("drift", "plinth", List.of("repair"), List.of()),
            new ExplainedOption(
                "port", "web", List.of("82"), List.of(new Given("82", "flag --port"))),
            new ExplainedOption("hosts", "web", List.of(), List.of()),
            new ExplainedOption(
                "key", "web", List.of("(secret)"), List.of(new Given("(secret)", "flag --key"))));
    assertThat(explained).extracting(ExplainedOption::name).doesNotHaveDuplicates();
  }

  @Test
  void argumentsAreEnoughToReadAConfiguration() {
    ServerConfig config =
        ServerConfig.fromArgs(
            List.of(Owner.of("a", PORT)), "--node-name=node", "-d", "/data", "--port=8080");

    assertThat(config.nodeName()).isEqualTo("node");
    assertThat(config.dataDir()).isEqualTo(Path.of("/data"));
    assertThat(config.option(PORT)).hasValue(8080);
  }

  @Test
  void aSetterReplacesWhatWasSetBefore() {
    assertThat(minimal().disable("a", "b").disable("c").build().disable()).containsExactly("c");
    assertThat(minimal().disable("a").disable().build().disable()).isEmpty();
  }

  @Test
  void namesToDisableKeepTheirOrderAndFollowTheRulesOfTheFlag() {
    ServerConfig config = minimal().disable("traefik", " coredns ,,traefik").build();

    assertThat(config.disable()).containsExactly("traefik", "coredns");
    assertThat(config.warnings()).containsExactly("option disable: an empty item is ignored");
  }

  @Test
  void optionsOfOthersAreCheckedAndRead() {
    ServerConfig config = minimal().option(PORT, "8080").option(HOSTS, "a", "b,c").build();

    assertThat(config.option(PORT)).hasValue(8080);
    assertThat(config.options(HOSTS)).containsExactly("a", "b", "c");
    assertThat(minimal().build().option(PORT)).hasValue(80);
    assertThat(minimal().build().options(HOSTS)).isEmpty();
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> minimal().option(PORT, "0").build())
        .withMessage("option port: found '0', expected a whole number from 1 to 65535");
  }

  @Test
  void whatIsWrongIsToldWithTheOption() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> minimal().serviceCidrs("10.43.0.0/31").build())
        .withMessageStartingWith("option service-cidr: found '10.43.0.0/31', expected");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> minimal().nodeName("a_b").build())
        .withMessageStartingWith("option node-name: found 'a_b', expected");
  }

  @Test
  void theDataDirectoryIsRequiredAndMadeAbsolute() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> ServerConfig.builder().nodeName("node").build())
        .withMessage("no data directory is set");
    assertThat(minimal().dataDir(Path.of("data")).build().dataDir()).isAbsolute();
  }

  @Test
  void theHostsNameIsTheDefault() {
    assertThat(
            ServerConfig.builder()
                .dataDir(Path.of("/data"))
                .hostName(() -> "Host")
                .build()
                .nodeName())
        .isEqualTo("host");
  }

  @Test
  void changingTheBuilderLaterChangesNothing() {
    ServerConfig.Builder builder = minimal().disable("a");
    ServerConfig config = builder.build();

    builder.disable("b");

    assertThat(config.disable()).containsExactly("a");
    assertThat(builder.build().disable()).containsExactly("b");
  }

  @Test
  void secretsAreNotPrinted() {
    ServerConfig config =
        ConfigurationReader.of(List.of(Owner.of("a", PORT, KEY)))
            .withHostName(() -> "host")
            .withDefaultDataDir(Path.of("/data"))
            .read(
                "--disable=traefik",
                "--port=8080",
                "--key=hunter2",
                "--token=hunter2",
                "--datastore-endpoint=mysql://me:hunter2@db",
                "--password",
                "hunter2");

    assertThat(config.option(KEY)).hasValue("hunter2");
    assertThat(config.toString())
        .doesNotContain("hunter2")
        .contains("disable=[traefik]", "port=[8080]", "key=(secret)")
        .contains("ignoredKeys=[token, datastore-endpoint]", "remainingArguments=2");
  }

  @Test
  void tellsWhatServersMustAgreeOnWithDefaultsAndWithoutSecrets() {
    Option<String> zone = Option.text("zone", "home", "").agreedBetweenServers();
    Option<String> secret = Option.text("seal", "x", "").agreedBetweenServers().withSecretValue();
    Option<String> own = Option.text("own", "y", "");

    assertThat(
            minimal()
                .systemDefaultRegistry("reg.example:5000/")
                .build()
                .agreedBetweenServers(List.of(Owner.of("a", zone, secret, own))))
        .containsExactly(
            Map.entry("--cluster-cidr", "10.42.0.0/16"),
            Map.entry("--cluster-dns", "10.43.0.10"),
            Map.entry("--cluster-domain", "cluster.local"),
            Map.entry("--service-cidr", "10.43.0.0/16"),
            Map.entry("--system-default-registry", "reg.example:5000"),
            Map.entry("--zone", "home"));
    assertThat(minimal().build().agreedBetweenServers(List.of()))
        .containsEntry("--system-default-registry", "");
  }

  private static ServerConfig.Builder minimal() {
    return ServerConfig.builder().dataDir(Path.of("/data")).nodeName("node");
  }
}
