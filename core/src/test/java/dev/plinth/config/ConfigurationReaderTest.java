package dev.plinth.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationReaderTest {

  private static final Option<String> NAMESPACE =
      Option.text("servicelb-namespace", "kube-system", "namespace of the pods")
          .withConfigKey("namespace")
          .withEnvironment("SERVICELB_NAMESPACE");
  private static final Option<Integer> PORT =
      Option.number("https-listen-port", 0, 65535, 6443, "port of the API server");
  private static final Option<String> KUBECONFIG =
      Option.text("write-kubeconfig", null, "file for the admin's kubeconfig");
  private static final Option<String> CLASSES =
      Option.text("servicelb-classes", "default", "classes served").withManyValues();
  private static final Option<String> PASSWORD =
      Option.of("servicelb-password", ConfigurationReaderTest::password, null, "a password")
          .withSecretValue();

  @TempDir private Path directory;
  private Path file;
  private ConfigurationReader reader;

  @BeforeEach
  void prepare() {
    file = directory.resolve("config.yaml");
    reader =
        ConfigurationReader.of(
                List.of(
                    Owner.of("servicelb", NAMESPACE, CLASSES, PASSWORD),
                    Owner.of("example-server", PORT, KUBECONFIG)))
            .withHostName(() -> "host")
            .withDefaultConfigFile(file)
            .withDefaultDataDir(Path.of("/var/lib/rancher/k3s"));
  }

  @Test
  void withoutAnythingGivenTheDefaultsOfK3sHold() {
    ServerConfig config = reader.read();

    assertThat(config.dataDir()).isEqualTo(Path.of("/var/lib/rancher/k3s"));
    assertThat(config.clusterDomain()).isEqualTo("cluster.local");
    assertThat(config.disable()).isEmpty();
    assertThat(config.systemDefaultRegistry()).isEmpty();
    assertThat(config.drift()).isEqualTo(DriftPolicy.REPAIR);
    assertThat(config.pruneRemovedManifests()).isFalse();
    assertThat(config.deleteProtected()).isEmpty();
    assertThat(config.option(NAMESPACE)).hasValue("kube-system");
    assertThat(config.option(KUBECONFIG)).isEmpty();
    assertThat(config.warnings()).isEmpty();
    assertThat(config.ignoredKeys()).isEmpty();
    assertThat(config.remainingArguments()).isEmpty();
  }

  @Test
  void everyFlagHasItsEffect() {
    ServerConfig config =
        reader.read(
            "--cluster-domain=corp.example",
            "-d",
            "/data/../srv",
            "--system-default-registry=registry.example.com:5000/mirror/",
            "--drift=warn",
            "--prune-removed-manifests",
            "--delete-protected=traefik",
            "--delete-protected=coredns",
            "--https-listen-port",
            "16443",
            "-o",
            "/tmp/kubeconfig");

    assertThat(config.clusterDomain()).isEqualTo("corp.example");
    assertThat(config.dataDir()).isEqualTo(Path.of("/srv"));
    assertThat(config.systemDefaultRegistry()).hasValue("registry.example.com:5000/mirror");
    assertThat(config.drift()).isEqualTo(DriftPolicy.WARN);
    assertThat(config.pruneRemovedManifests()).isTrue();
    assertThat(config.deleteProtected()).containsExactly("traefik", "coredns");
    assertThat(config.option(PORT)).hasValue(16443);
    assertThat(config.option(KUBECONFIG)).hasValue("/tmp/kubeconfig");
  }

  @Test
  void everyFlagIsAKeyOfTheFileToo() throws IOException {
    write(
        """
        disable: [traefik, servicelb]
        cluster-domain: corp.example
        d: /srv
        drift: ignore
        prune-removed-manifests: true
        https-listen-port: 16443
        servicelb-namespace: lb
        """);

    ServerConfig config = reader.read();

    assertThat(config.disable()).containsExactly("traefik", "servicelb");
    assertThat(config.clusterDomain()).isEqualTo("corp.example");
    assertThat(config.dataDir()).isEqualTo(Path.of("/srv"));
    assertThat(config.drift()).isEqualTo(DriftPolicy.IGNORE);
    assertThat(config.pruneRemovedManifests()).isTrue();
    assertThat(config.option(PORT)).hasValue(16443);
    assertThat(config.option(NAMESPACE)).hasValue("lb");
  }

  @Test
  void disableTakesRepetitionsAndListsTrimmedAndOnce() throws IOException {
    write("disable: coredns");

    ServerConfig config =
        reader.read("--disable", "traefik , servicelb", "--disable=metrics-server,traefik");

    assertThat(config.disable())
        .containsExactly("coredns", "traefik", "servicelb", "metrics-server");
    assertThat(config.warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--disable= | ''",
        "--disable=traefik, | traefik",
        "--disable=' ,traefik' | traefik"
      })
  void emptyItemsOfDisableAreIgnoredWithAWarning(String argument, String disabled) {
    ServerConfig config = reader.read(argument.replace("'", ""));

    assertThat(String.join(",", config.disable())).isEqualTo(disabled);
    assertThat(config.warnings()).containsExactly("flag --disable: an empty item is ignored");
  }

  @Test
  void anEmptyDisableInTheFileIsIgnoredWithAWarning() throws IOException {
    write("disable:");

    ServerConfig config = reader.read();

    assertThat(config.disable()).isEmpty();
    assertThat(config.warnings())
        .containsExactly(file + ":1:9: key 'disable': an empty item is ignored");
  }

  @Test
  void argumentsBeatFilesAndFilesBeatVariables() throws IOException {
    ConfigurationReader withVariable =
        reader.withEnvironment(Map.of("SERVICELB_NAMESPACE", "variable"));

    assertThat(withVariable.read().option(NAMESPACE)).hasValue("variable");
    write("servicelb-namespace: file");
    assertThat(withVariable.read().option(NAMESPACE)).hasValue("file");
    assertThat(withVariable.read("--servicelb-namespace=flag").option(NAMESPACE)).hasValue("flag");
  }

  @Test
  void theLastOfSeveralSingleValuesWins() {
    assertThat(reader.read("--drift=warn", "--drift=ignore").drift()).isEqualTo(DriftPolicy.IGNORE);
  }

  @Test
  void valuesOfARepeatableOptionAddUpAndReplaceItsDefault() throws IOException {
    write("servicelb-classes: [a]");

    assertThat(reader.read("--servicelb-classes=b,c").options(CLASSES))
        .containsExactly("a", "b", "c");
  }

  @Test
  void aListOfEmptyItemsKeepsTheDefault() {
    ServerConfig config = reader.read("--servicelb-classes=,", "--service-cidr=");

    assertThat(config.options(CLASSES)).containsExactly("default");
    assertThat(config.serviceCidrs()).containsExactly("10.43.0.0/16");
    assertThat(config.warnings())
        .containsOnly(
            "flag --servicelb-classes: an empty item is ignored",
            "flag --service-cidr: an empty item is ignored");
  }

  @Test
  void theVariableOfK3sBeatsTheConfigFlagWhichBeatsTheDefault() throws IOException {
    write("cluster-domain: by.default");
    Path byFlag = Files.writeString(directory.resolve("flag.yaml"), "cluster-domain: by.flag");
    Path byVariable =
        Files.writeString(directory.resolve("var.yaml"), "cluster-domain: by.variable");
    ConfigurationReader withVariable =
        reader.withEnvironment(Map.of("K3S_CONFIG_FILE", byVariable.toString()));

    assertThat(reader.read().clusterDomain()).isEqualTo("by.default");
    assertThat(reader.read("--config", byFlag.toString()).clusterDomain()).isEqualTo("by.flag");
    assertThat(reader.read("-c=" + byFlag).clusterDomain()).isEqualTo("by.flag");
    assertThat(withVariable.read("--config", byFlag.toString()).clusterDomain())
        .isEqualTo("by.variable");
  }

  @Test
  void anEmptyConfigFlagMeansNoFile() throws IOException {
    write("cluster-domain: by.default");

    assertThat(reader.read("-c=").clusterDomain()).isEqualTo("cluster.local");
  }

  @Test
  void dropInsLieBesideTheNamedFile() throws IOException {
    Path other = directory.resolve("other.yaml");
    Path dropIns = Files.createDirectory(directory.resolve("other.yaml.d"));
    Files.writeString(dropIns.resolve("1.yaml"), "disable+: traefik");

    ServerConfig config = reader.read("--config", other.toString());

    assertThat(config.disable()).containsExactly("traefik");
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void aNamedFileThatIsMissingIsWarnedOf() {
    Path missing = directory.resolve("missing.yaml");

    assertThat(reader.read("--config", missing.toString()).warnings())
        .containsExactly("flag --config: there is no file " + missing);
  }

  @Test
  void aWebAddressAsFileIsRefusedWithoutShowingIt() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> reader.read("--config=https://me:secret@example.com/config.yaml"))
        .withMessage("flag --config: found the address of a web page, expected a file");
  }

  @Test
  void theDataDirectoryComesFromItsVariableToo() {
    assertThat(reader.withEnvironment(Map.of("K3S_DATA_DIR", "/srv")).read().dataDir())
        .isEqualTo(Path.of("/srv"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--data-dir=", "--data-dir= "})
  void anEmptyDataDirectoryIsNone(String argument) {
    assertThat(reader.read(argument).dataDir()).isEqualTo(Path.of("/var/lib/rancher/k3s"));
  }

  @Test
  void theRegistryComesFromItsVariableTooAndBlankIsNone() {
    Map<String, String> variable = Map.of("K3S_SYSTEM_DEFAULT_REGISTRY", "r.example/");

    assertThat(reader.withEnvironment(variable).read().systemDefaultRegistry())
        .hasValue("r.example");
    assertThat(reader.read("--system-default-registry= ").systemDefaultRegistry()).isEmpty();
  }

  @Test
  void k3sKeysWithoutEffectAreListedOnce() throws IOException {
    write(
        """
        token: secret
        flannel-backend: none
        config: /elsewhere
        tls-san: {any: shape}
        """);

    ServerConfig config =
        reader.read(
            "--token=secret", "-t", "secret", "--with-node-id", "--disable-helm-controller");

    assertThat(config.ignoredKeys())
        .containsExactly(
            "token",
            "flannel-backend",
            "config",
            "tls-san",
            "with-node-id",
            "disable-helm-controller");
    assertThat(config.warnings()).isEmpty();
    assertThat(config.remainingArguments()).isEmpty();
  }

  @Test
  void unknownKeysAreWarnedOfAndDropped() throws IOException {
    write(
        """
        disabel: traefik
        coffee: {black: true}
        """);

    ServerConfig config = reader.read();

    assertThat(config.disable()).isEmpty();
    assertThat(config.warnings())
        .containsExactly(
            file + ":1:1: key 'disabel' is unknown and dropped; did you mean 'disable'?",
            file + ":2:1: key 'coffee' is unknown and dropped");
  }

  @Test
  void aKeyThatK3sHasRemovedIsNotTakenForOneWithoutEffect() throws IOException {
    write("no-deploy: traefik");

    assertThat(reader.read().warnings())
        .containsExactly(file + ":1:1: key 'no-deploy' is unknown and dropped");
  }

  @Test
  void unknownArgumentsAreHandedBack() {
    assertThat(
            reader.read("server", "--timeout", "5m", "--disable=x", "--help").remainingArguments())
        .containsExactly("server", "--timeout", "5m", "--help");
  }

  @Test
  void theSectionOfAnAddonSetsItsOptionsByKey() throws IOException {
    write(
        """
        addons:
          servicelb:
            namespace: lb
            servicelb-classes: [a, b]
        """);

    ServerConfig config = reader.read();

    assertThat(config.option(NAMESPACE)).hasValue("lb");
    assertThat(config.options(CLASSES)).containsExactly("a", "b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "addons: {servicelb: {namespaze: x}} | :1:22: add-on 'servicelb' has no key 'namespaze';"
            + " did you mean 'namespace'?",
        "addons: {servicelb: {zzz: x}} | :1:22: add-on 'servicelb' has no key 'zzz'; expected one"
            + " of namespace, servicelb-classes, servicelb-password",
        "addons: {servicelp: {zzz: x}} | :1:22: no add-on is named 'servicelp'; did you mean"
            + " 'servicelb'?",
        "https-listen-port: 70000 | :1:20: key 'https-listen-port': found '70000', expected a whole"
            + " number from 0 to 65535",
        "addons: {example-server: {https-listen-port: x}} | :1:46: key"
            + " 'addons.example-server.https-listen-port': found 'x', expected a whole number from"
            + " 0 to 65535",
        "prune-removed-manifests: yes | :1:26: key 'prune-removed-manifests': found 'yes', expected"
            + " true or false",
        "prune-removed-manifests: | :1:25: key 'prune-removed-manifests': found nothing, expected"
            + " true or false",
        "drift: fix | :1:8: key 'drift': found 'fix', expected one of repair, warn, ignore",
        "cluster-domain: | :1:16: key 'cluster-domain': found nothing, expected a DNS domain like"
            + " cluster.local, in lower case",
        "cluster-dns: [10.43.0.10, foo] | :1:27: key 'cluster-dns': found 'foo', expected an IPv4"
            + " or IPv6 address",
        "disable: {traefik: true} | :1:10: key 'disable': found a mapping, expected a value or a"
            + " list of values",
        "system-default-registry: https://r.example | :1:26: key 'system-default-registry': found"
            + " 'https://r.example', expected a registry like registry.example.com:5000, without a"
            + " scheme",
        "servicelb-password: hunter2 | :1:21: key 'servicelb-password': found a secret value,"
            + " expected a password of eight characters",
      })
  void whatIsWrongInAFileIsToldWithFileLineColumnAndKey(String content, String problem)
      throws IOException {
    write(content);

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> reader.read())
        .withMessage(file + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--https-listen-port=x | flag --https-listen-port: found 'x', expected a whole number from"
            + " 0 to 65535",
        "--prune-removed-manifests=maybe | flag --prune-removed-manifests: found 'maybe', expected"
            + " true or false",
        "--cluster-domain=Cluster.Local | flag --cluster-domain: found 'Cluster.Local', expected a"
            + " DNS domain like cluster.local, in lower case",
        "--servicelb-password=hunter2 | flag --servicelb-password: found a secret value, expected a"
            + " password of eight characters",
      })
  void whatIsWrongInAnArgumentIsToldWithTheFlag(String argument, String message) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> reader.read(argument))
        .withMessage(message);
  }

  @Test
  void whatIsWrongInAVariableIsToldWithTheVariable() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () -> reader.withEnvironment(Map.of("K3S_SYSTEM_DEFAULT_REGISTRY", "a b")).read())
        .withMessageStartingWith("variable K3S_SYSTEM_DEFAULT_REGISTRY: found 'a b'");
  }

  @Test
  void aParserThatSaysNothingStillGivesAMessage() {
    Option<Integer> silent =
        Option.of(
            "silent",
            text -> {
              throw new IllegalArgumentException();
            },
            null,
            "");

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> ConfigurationReader.of(List.of(Owner.of("a", silent))).read("--silent=1"))
        .withMessage("flag --silent: found '1', expected a valid value");
  }

  private void write(String content) throws IOException {
    Files.writeString(file, content);
  }

  private static String password(String text) {
    if (text.length() < 8) {
      throw new IllegalArgumentException("a password of eight characters");
    }
    return text;
  }
}
