package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.plan.Plan;
import dev.plinth.plan.PlannedChange;
import dev.plinth.report.AddonReport;
import dev.plinth.report.Scope;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans on a cluster where nothing but the API server runs: nobody else writes. */
class PlanIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  static ControlPlane controlPlane;

  @TempDir Path data;

  @BeforeAll
  static void start() {
    controlPlane = ControlPlane.builder().start();
  }

  @AfterAll
  static void stop() {
    controlPlane.close();
  }

  @Test
  void aPlanWritesNothingAndTellsWhatIsCreatedInTheOrderOfItsCreation() throws Exception {
    Mark mark = controlPlane.mark();

    Plan plan =
        plan(
            TestAddon.of(
                "fresh",
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: inside, namespace: fresh-ns}
                ---
                apiVersion: v1
                kind: Namespace
                metadata: {name: fresh-ns}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: outside, namespace: kube-system}
                """));

    assertThat(controlPlane.requestsSince(mark).writes().userAgent("fabric8")).isEmpty();
    assertThat(data).isEmptyDirectory();
    assertThat(lines(plan, "fresh"))
        .containsExactly(
            "CREATE Addon kube-system/fresh unverified",
            "CREATE Namespace fresh-ns",
            "CREATE ConfigMap fresh-ns/inside unverified",
            "CREATE ConfigMap kube-system/outside");
  }

  @Test
  void anUpgradeIsToldFieldByFieldWithSecretsMaskedAndRemovalsLast() throws Exception {
    String one =
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: up, namespace: kube-system}
        stringData: {password: first-secret}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: up, namespace: kube-system}
        data: {a: "1", b: "1"}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: up-gone, namespace: kube-system}
        """;
    run(TestAddon.of("up", one));

    String two =
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: up, namespace: kube-system}
        stringData: {password: second-secret}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: up, namespace: kube-system}
        data: {a: "2", c: "1"}
        """;
    Plan plan = plan(TestAddon.of("up", two));

    assertThat(lines(plan, "up"))
        .containsExactly(
            "CHANGE Addon kube-system/up unverified",
            "CHANGE Secret kube-system/up",
            "CHANGE ConfigMap kube-system/up",
            "DELETE ConfigMap kube-system/up-gone");
    assertThat(preview(plan, "Secret kube-system/up").fields())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.path()).isEqualTo("data.password");
              assertThat(it.before()).isEqualTo("***");
              assertThat(it.after()).isEqualTo("***");
            });
    assertThat(preview(plan, "ConfigMap kube-system/up").fields())
        .extracting(it -> it.path() + " " + it.before() + " " + it.after())
        .containsExactly("data.a \"1\" \"2\"", "data.b \"1\" ", "data.c  \"1\"");
    assertThat(plan.toString()).doesNotContain("first-secret", "second-secret");
  }

  @Test
  void anAddonIsAskedWhatItsReconcilersWouldDoWithObjectsAsTheyWouldBe() throws Exception {
    run(
        TestAddon.of(
            "asked",
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: asked-changed, namespace: kube-system}
            data: {a: "1"}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: asked-same, namespace: kube-system}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: asked-gone, namespace: kube-system}
            """));
    List<String> seen = new ArrayList<>();
    ObjectPreview preview =
        new ObjectPreview(
            new ObjectReference("v1", "Secret", "kube-system", "made"),
            Change.CREATE,
            false,
            List.of(),
            "by a reconciler");

    Plan plan =
        plan(
            TestAddon.of(
                    "asked",
                    """
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: asked-changed, namespace: kube-system}
                    data: {a: "2"}
                    ---
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: asked-same, namespace: kube-system}
                    ---
                    apiVersion: v1
                    kind: Namespace
                    metadata: {name: asked-ns}
                    ---
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: asked-new, namespace: asked-ns}
                    data: {a: "3"}
                    """)
                .planning(
                    (context, planned) -> {
                      planned.forEach(
                          it ->
                              seen.add(
                                  it + it.content().map(a -> a.at("/data/a").asText()).orElse("")));
                      return List.of(preview);
                    }),
            TestAddon.named("failing")
                .planning(
                    (context, planned) -> {
                      throw new IllegalStateException("no idea");
                    }));

    assertThat(seen)
        .contains(
            "ConfigMap kube-system/asked-changed2",
            "Namespace asked-ns",
            "ConfigMap asked-ns/asked-new3",
            "ConfigMap kube-system/asked-gone (deleted)")
        .noneMatch(it -> it.contains("asked-same"));
    assertThat(plan.objects()).endsWith(new PlannedChange("asked", preview));
    assertThat(plan.warnings())
        .contains(
            "failing: what its reconcilers would do is not known:"
                + " java.lang.IllegalStateException: no idea");
  }

  @Test
  void aDisableIsToldInReverseOrderWithWhatStays() throws Exception {
    TestAddon addon =
        TestAddon.of(
            "going",
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: going-ns}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: going, namespace: going-ns}
            """);
    run(addon);

    Plan plan =
        Plinth.builder()
            .client(controlPlane.client())
            .addons(AddonCatalog.of(addon))
            .config(config().disable("going").build())
            .plan();

    assertThat(lines(plan, "going"))
        .containsExactly(
            "DELETE ConfigMap going-ns/going",
            "LEAVE Namespace going-ns",
            "DELETE Addon kube-system/going");
    assertThat(preview(plan, "Namespace going-ns").message()).contains("plinth.dev/delete=allow");
  }

  @Test
  void aRunningServerThatHasDoneItsWorkPlansNothing() throws Exception {
    TestAddon addon =
        TestAddon.of(
            "running",
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: running, namespace: kube-system}
            """);
    try (PlinthServer server =
        Plinth.builder()
            .client(controlPlane.client())
            .addons(AddonCatalog.of(addon))
            .config(config().build())
            .start()) {
      assertThat(server.awaitReady(PATIENCE).ready()).isTrue();

      assertThat(server.plan().changes()).isEmpty();
    }
  }

  @Test
  void aForeignObjectIsToldAndNothingIsPlannedOverIt() throws Exception {
    controlPlane
        .client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("theirs")
                .withNamespace("kube-system")
                .endMetadata()
                .build())
        .create();

    Plan plan =
        plan(
            TestAddon.of(
                "seize",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: theirs, namespace:"
                    + " kube-system}}"));

    ObjectPreview theirs = preview(plan, "ConfigMap kube-system/theirs");
    assertThat(theirs.change()).isEqualTo(Change.FAIL);
    assertThat(theirs.message()).contains("plinth.dev/adopt");
  }

  @Test
  void aKindThatThePlanDefinesIsCreatedUnverifiedAndAnUnknownOneFails() throws Exception {
    Plan plan =
        plan(
            TestAddon.of(
                "kinds",
                """
                apiVersion: plan.example.org/v1
                kind: Thing
                metadata: {name: one, namespace: default}
                ---
                apiVersion: plan.example.org/v1
                kind: Nobody
                metadata: {name: two, namespace: default}
                ---
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: things.plan.example.org}
                spec:
                  group: plan.example.org
                  names: {kind: Thing, plural: things}
                  scope: Namespaced
                  versions:
                    - name: v1
                      served: true
                      storage: true
                      schema: {openAPIV3Schema: {type: object}}
                """));

    assertThat(lines(plan, "kinds"))
        .containsSubsequence(
            "CREATE CustomResourceDefinition things.plan.example.org",
            "CREATE Thing default/one unverified")
        .contains("FAIL Nobody default/two");
  }

  /** The property: applying a plan and planning again gives the empty plan. */
  @Test
  void afterAnyPlanIsAppliedTheNextPlanIsEmpty() throws Exception {
    Random random = new Random(20261124);
    for (int round = 0; round < 12; round++) {
      TestAddon addon = TestAddon.of("any", randomManifest(random));

      AddonReport report = run(addon);

      assertThat(report.ready()).as("%s%n%s", addon, report).isTrue();
      Plan again = plan(addon);
      assertThat(again.isEmpty()).as("round %s: %s", round, again).isTrue();
    }
  }

  /**
   * Some of a few objects, each with some of a few fields: so that rounds add, change and remove.
   */
  private static String randomManifest(Random random) {
    StringBuilder yaml = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      if (random.nextBoolean()) {
        yaml.append(
            switch (i % 3) {
              case 0 -> configMap(random, i);
              case 1 -> service(random, i);
              default -> role(random, i);
            });
      }
    }
    return yaml.append(configMap(random, 9)).toString();
  }

  private static String configMap(Random random, int i) {
    return """
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: any-%d, namespace: default, labels: {l%d: v}}
    data: {k%d: "%d"}
    """
        .formatted(i, random.nextInt(3), random.nextInt(3), random.nextInt(3));
  }

  private static String service(Random random, int i) {
    return """
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: any-%d, namespace: default}
    spec:
      selector: {app: a%d}
      ports: [{name: a, port: %d}, {name: b, port: 90, protocol: UDP}]
    """
        .formatted(i, random.nextInt(3), 80 + random.nextInt(3));
  }

  private static String role(Random random, int i) {
    return """
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: any-%d, namespace: default}
    rules: [{apiGroups: [""], resources: [pods], verbs: [%s]}]
    """
        .formatted(i, random.nextBoolean() ? "get" : "get, list");
  }

  @Test
  void usersFilesAreInThePlanAsAStartFindsThem() throws Exception {
    write("team/web.yaml", map("file-web", "1"));
    write("both.yaml", map("file-both", "1"));
    write("both.yml", map("file-both-too", "1"));
    write("broken.yaml", "a: [");
    write("skipped.yaml", map("file-skipped", "1"));
    write("skipped.yaml.skip", "");

    Plan fresh = plan(config().build());

    assertThat(lines(fresh, "team/web.yaml"))
        .containsExactly(
            "CREATE Addon kube-system/web unverified", "CREATE ConfigMap default/file-web");
    assertThat(lines(fresh, "both.yaml")).hasSize(2);
    assertThat(fresh.objects()).extracting(PlannedChange::addon).doesNotContain("both.yml");
    assertThat(fresh.toString()).doesNotContain("skipped", "broken");
    assertThat(fresh.warnings())
        .hasSize(2)
        .anySatisfy(it -> assertThat(it).startsWith("both.yml: the Addon 'both'"))
        .anySatisfy(it -> assertThat(it).contains("broken.yaml:2:1:"));

    runFiles(config().build());
    assertThat(plan(config().build()).changes()).isEmpty();

    write("team/web.yaml", map("file-web", "2"));
    write("both.yaml", "# nothing");
    Plan changed = plan(config().build());
    assertThat(lines(changed, "team/web.yaml")).contains("CHANGE ConfigMap default/file-web");
    assertThat(changed.warnings()).anySatisfy(it -> assertThat(it).contains("nothing any more"));
    assertThat(lines(changed, "both.yaml")).isEmpty();

    Files.delete(data.resolve("server/manifests/team/web.yaml"));
    assertThat(plan(config().build()).changes()).isEmpty();
    ServerConfig pruning = config().pruneRemovedManifests(true).build();
    assertThat(lines(plan(pruning), "team/web.yaml"))
        .containsExactly("DELETE ConfigMap default/file-web", "DELETE Addon kube-system/web");
    assertThat(lines(plan(pruning), "both.yaml")).contains("DELETE ConfigMap default/file-both");
    ServerConfig disabling = config().disable("both").build();
    assertThat(lines(plan(disabling), "both.yaml"))
        .containsExactly("DELETE ConfigMap default/file-both", "DELETE Addon kube-system/both");
  }

  private static String map(String name, String value) {
    return "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, namespace: default}, data: {a: '%s'}}"
        .formatted(name, value);
  }

  private void write(String file, String content) throws Exception {
    Path path = data.resolve("server/manifests").resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }

  private void runFiles(ServerConfig config) throws Exception {
    try (PlinthServer server = host(config).start()) {
      server.awaitReady(PATIENCE, Scope.ADDONS_AND_FILES);
    }
  }

  private Plan plan(ServerConfig config) throws Exception {
    return host(config).plan();
  }

  private static Plinth.Builder host(ServerConfig config) {
    return Plinth.builder().client(controlPlane.client()).addons(AddonCatalog.of()).config(config);
  }

  private AddonReport run(Addon addon) throws Exception {
    try (PlinthServer server =
        Plinth.builder()
            .client(controlPlane.client())
            .addons(AddonCatalog.of(addon))
            .config(config().build())
            .start()) {
      return server.awaitReady(PATIENCE);
    }
  }

  private Plan plan(Addon... addons) throws Exception {
    try (Stream<Path> before = Files.walk(data)) {
      long files = before.count();
      Plan plan =
          Plinth.builder()
              .client(controlPlane.client())
              .addons(AddonCatalog.of(addons))
              .config(config().build())
              .plan();
      try (Stream<Path> after = Files.walk(data)) {
        assertThat(after.count()).isEqualTo(files);
      }
      return plan;
    }
  }

  private ServerConfig.Builder config() {
    return ServerConfig.builder().nodeName("n1").dataDir(data);
  }

  private static List<String> lines(Plan plan, String addon) {
    return plan.objects().stream()
        .filter(it -> it.addon().equals(addon))
        .map(
            it ->
                it.preview().change()
                    + " "
                    + it.preview().object()
                    + (it.preview().verified() ? "" : " unverified"))
        .toList();
  }

  private static ObjectPreview preview(Plan plan, String object) {
    return plan.objects().stream()
        .map(it -> it.preview())
        .filter(it -> it.object().toString().equals(object))
        .findFirst()
        .orElseThrow();
  }
}
