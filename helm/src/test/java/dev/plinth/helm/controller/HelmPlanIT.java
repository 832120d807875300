package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Plinth;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.plan.Plan;
import dev.plinth.plan.PlannedChange;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a plan says about charts, on a real API server. */
@WithControlPlane
class HelmPlanIT {

  private static final String TEMPLATE =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: {{ .Release.Name }}
      data:
        text: {{ .Values.text | quote }}
        secret: {{ .Values.secret | quote }}
      ---
      apiVersion: v1
      kind: Secret
      metadata:
        name: {{ .Release.Name }}
      stringData:
        text: {{ .Values.text | quote }}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata:
        name: {{ .Release.Namespace }}-{{ .Release.Name }}
      {{- range .Values.more }}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: {{ $.Release.Name }}-{{ . }}
        annotations: {helm.sh/resource-policy: {{ if eq . "kept" }}keep{{ else }}""{{ end }}}
      {{- end }}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: hook
        annotations: {helm.sh/hook: test}
      """;

  private final ControlPlane controlPlane;
  private final KubernetesClient client;
  @TempDir Path data;
  private HelmHost host;
  private String namespace;

  HelmPlanIT(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    this.client = controlPlane.client();
  }

  @BeforeEach
  void prepare() throws IOException {
    namespace = HelmHost.namespace(client);
    host = HelmHost.of(client, data);
    Files.createDirectories(host.staticCharts());
    Files.write(
        host.staticCharts().resolve("many-1.0.0.tgz"),
        Charts.of("many", "1.0.0", TEMPLATE)
            .with("many/values.yaml", "text: none\nsecret: none\nmore: []\n")
            .with(
                "many/crds/many.yaml",
                """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata:
                  name: many.NS.example.org
                spec:
                  group: NS.example.org
                  scope: Namespaced
                  names: {kind: Many, plural: many}
                  versions:
                    - name: v1
                      served: true
                      storage: true
                      schema: {openAPIV3Schema: {type: object}}
                """
                    .replace("NS", namespace))
            .bytes());
    Files.createDirectories(manifests());
  }

  @AfterEach
  void close() {
    host.close();
    client.namespaces().withName(namespace).delete();
  }

  @Test
  void what_would_become_of_charts_is_told_and_nothing_is_touched() throws Exception {
    write("secret.yaml", secret("hidden-one"));
    write("chart.yaml", chart("valuesContent: 'text: one'"));

    Plan fresh = plan();
    assertThat(lines(fresh))
        .containsExactly(
            "CREATE Secret NS/sh.helm.release.v1.many.v1",
            "CREATE CustomResourceDefinition many.NS.example.org",
            "CREATE Secret NS/many",
            "CREATE ConfigMap NS/many",
            "CREATE ClusterRole NS-many");
    assertThat(of(fresh, "Secret NS/sh.helm.release.v1.many.v1").preview().message())
        .isEqualTo("Installing release %s/many, chart many-1.0.0, revision 1".formatted(namespace));
    run(1);
    assertThat(lines(plan())).isEmpty();

    write("secret.yaml", secret("hidden-two"));
    write("config.yaml", config("valuesContent: '{text: two, more: [a, kept]}'"));
    Plan changed = plan();
    assertThat(lines(changed))
        .containsExactly(
            "CREATE Secret NS/sh.helm.release.v1.many.v2",
            "CHANGE Secret NS/many",
            "CHANGE ConfigMap NS/many",
            "CREATE ConfigMap NS/many-a",
            "CREATE ConfigMap NS/many-kept");
    assertThat(fields(changed, "ConfigMap NS/many"))
        .containsExactly("data.secret \"***\" \"***\"", "data.text \"one\" \"two\"");
    assertThat(fields(changed, "Secret NS/many")).containsExactly("stringData.text *** ***");
    assertThat(changed.toString()).doesNotContain("hidden");

    write("config.yaml", config("valuesContent: 'more: {'"));
    assertThat(of(plan(), "HelmChart NS/many").preview())
        .satisfies(
            it -> {
              assertThat(it.change()).isEqualTo(Change.FAIL);
              assertThat(it.message())
                  .startsWith(
                      "HelmChartConfig %s/many: spec.valuesContent, line 1".formatted(namespace));
            });

    write("config.yaml", config("valuesContent: '{text: two, more: [a, kept]}'"));
    run(2);
    write("config.yaml", config("valuesContent: 'text: two'"));
    Plan fewer = plan();
    assertThat(lines(fewer))
        .containsExactly(
            "CREATE Secret NS/sh.helm.release.v1.many.v3",
            "DELETE ConfigMap NS/many-a",
            "LEAVE ConfigMap NS/many-kept");
    assertThat(of(fewer, "ConfigMap NS/many-kept").preview().message()).contains("kept");

    Files.delete(manifests().resolve("chart.yaml"));
    Files.delete(manifests().resolve("config.yaml"));
    assertThat(lines(plan(config().pruneRemovedManifests(true).build())))
        .containsExactly(
            "DELETE ClusterRole NS-many",
            "LEAVE ConfigMap NS/many-kept",
            "DELETE ConfigMap NS/many-a",
            "DELETE ConfigMap NS/many",
            "DELETE Secret NS/many");
  }

  @Test
  void what_can_not_be_rendered_or_fetched_is_a_failure_of_its_chart() throws Exception {
    write("secret.yaml", secret("hidden"));
    write("chart.yaml", chart("valuesContent: 'more: 5'"));
    write(
        "other.yaml",
        chart("chart: https://%{KUBERNETES_API}%/static/charts/none.tgz")
            .replace("name: many", "name: other"));
    Plan plan = plan();
    assertThat(lines(plan)).containsExactly("FAIL HelmChart NS/many", "FAIL HelmChart NS/other");
    assertThat(of(plan, "HelmChart NS/many").preview().message()).contains("range can't iterate");
    assertThat(of(plan, "HelmChart NS/other").preview().message())
        .contains("none.tgz: expected a chart archive, found no such file");
  }

  @Test
  void objects_that_are_there_already_and_a_missing_namespace_are_told() throws Exception {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("many")
                .endMetadata()
                .build())
        .create();
    write("secret.yaml", secret("hidden"));
    write("chart.yaml", chart("targetNamespace: NS-none".replace("NS", namespace)));
    assertThat(of(plan(), "HelmChart NS/many").preview().message())
        .isEqualTo(
            "the namespace %s-none does not exist, and spec.createNamespace is not true"
                .formatted(namespace));

    write("chart.yaml", chart(""));
    assertThat(of(plan(), "ConfigMap NS/many").preview())
        .satisfies(
            it -> {
              assertThat(it.change()).isEqualTo(Change.FAIL);
              assertThat(it.message())
                  .isEqualTo(
                      ("release %s/many: it is there already and belongs to no release;"
                              + " spec.takeOwnership makes it the release's")
                          .formatted(namespace));
            });
    write("chart.yaml", chart("takeOwnership: true"));
    assertThat(of(plan(), "ConfigMap NS/many").preview().change()).isEqualTo(Change.CHANGE);
  }

  @Test
  void a_secret_that_is_missing_now_and_in_the_plan_is_told() throws Exception {
    write("chart.yaml", chart(""));
    assertThat(of(plan(), "HelmChart NS/many").preview().message())
        .contains(
            "expected the key k in Secret %s/values, found no such Secret".formatted(namespace));
  }

  private void run(int revision) {
    host.start();
    host.awaitReady(Charts.chart(namespace, "many", "{}"), revision);
    host.close();
  }

  private String chart(String field) {
    String own =
        field.startsWith("chart:")
            ? ""
            : "  chart: https://%{KUBERNETES_API}%/static/charts/many-1.0.0.tgz\n";
    return """
    apiVersion: helm.cattle.io/v1
    kind: HelmChart
    metadata: {name: many, namespace: %s}
    spec:
    """
            .formatted(namespace)
        + own
        + "  valuesSecrets: [{name: values, keys: [k]}]\n"
        + field.indent(2);
  }

  private String config(String field) {
    return """
    apiVersion: helm.cattle.io/v1
    kind: HelmChartConfig
    metadata: {name: many, namespace: %s}
    spec:
      %s
    """
        .formatted(namespace, field);
  }

  private String secret(String value) {
    return """
    apiVersion: v1
    kind: Secret
    metadata: {name: values, namespace: %s}
    stringData: {k: "secret: %s"}
    """
        .formatted(namespace, value);
  }

  private Path manifests() {
    return data.resolve("server/manifests");
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(manifests().resolve(file), text);
  }

  private ServerConfig.Builder config() {
    return ServerConfig.builder().nodeName("server").dataDir(data);
  }

  private Plan plan() throws InterruptedException {
    return plan(config().build());
  }

  private Plan plan(ServerConfig config) throws InterruptedException {
    Map<String, String> files = files();
    Mark mark = controlPlane.mark();
    Plan plan =
        Plinth.builder()
            .client(client)
            .config(config)
            .addons(AddonCatalog.of(new HelmControllerAddon()))
            .plan();
    assertThat(controlPlane.requestsSince(mark).writes().userAgent("fabric8").list()).isEmpty();
    assertThat(controlPlane.requestsSince(mark).writes().userAgent("helm").list()).isEmpty();
    assertThat(files()).isEqualTo(files);
    assertThat(plan.warnings()).isEmpty();
    return plan;
  }

  /** Every file with its time of change. */
  private Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(data)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        files.put(path.toString(), Files.getLastModifiedTime(path).toString());
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> lines(Plan plan) {
    return plan.objects().stream()
        .filter(it -> it.addon().equals("helm-controller"))
        .map(it -> it.preview().change() + " " + name(it))
        .filter(it -> it.contains("NS"))
        .toList();
  }

  private PlannedChange of(Plan plan, String object) {
    return plan.objects().stream()
        .filter(it -> it.addon().equals("helm-controller"))
        .filter(it -> name(it).equals(object))
        .findFirst()
        .orElseThrow(() -> new AssertionError(object + " is not in " + lines(plan)));
  }

  private List<String> fields(Plan plan, String object) {
    return of(plan, object).preview().fields().stream()
        .map(it -> String.join(" ", it.path(), it.before(), it.after()))
        .toList();
  }

  private String name(PlannedChange change) {
    return change.preview().object().toString().replace(namespace, "NS");
  }
}
