package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Request;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server needs to be allowed to do, no more and no less. */
@WithControlPlane
class RightsIT {

  /** For whatever the add-ons are. */
  private static final List<PolicyRule> SERVER =
      List.of(
          rule("", "namespaces", "get"),
          rule(
              "apiextensions.k8s.io",
              "customresourcedefinitions",
              "get",
              "list",
              "watch",
              "create",
              "patch"),
          rule("k3s.cattle.io", "addons", "get", "list", "watch", "create", "patch", "delete"),
          rule("k3s.cattle.io", "addons/status", "patch"),
          rule("", "events", "create"),
          rule(
              "coordination.k8s.io",
              "leases",
              "get",
              "list",
              "watch",
              "create",
              "update",
              "delete"));

  /** For each kind of object in a manifest. */
  private static final String[] KIND = {"get", "list", "watch", "create", "patch", "delete"};

  private static final String MANIFEST =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: NAME, namespace: default}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: NAME, namespace: default}
      spec: {ports: [{port: 80}]}
      """;

  @TempDir Path data;

  @Test
  void withExactlyTheseRightsAllOfALifeWorks(ControlPlane controlPlane, KubernetesClient client)
      throws InterruptedException {
    List<PolicyRule> rules = new ArrayList<>(SERVER);
    rules.add(rule("", "configmaps", KIND));
    rules.add(rule("", "services", KIND));
    grant(client, "entitled", rules);
    TestHost host = TestHost.limited(controlPlane, data, "entitled");
    TestAddon addon = TestAddon.of("entitled", MANIFEST.replace("NAME", "entitled"));

    host.runReady(addon);
    host.runReady(
        TestAddon.of(
            "entitled",
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: entitled, namespace: default}}"));
    AddonReport report = host.run(host.config().disable("entitled").build(), addon);

    assertThat(report.addon("entitled").orElseThrow().state())
        .as(report.toString())
        .isEqualTo(AddonState.DISABLED);
    assertThat(host.requests().list()).extracting(Request::code).doesNotContain(403);
  }

  @ParameterizedTest
  @CsvSource({
    "get, in namespace default",
    "list, ''",
    "create, in namespace default",
    "patch, in namespace default",
  })
  void aMissingRightIsAFailureThatNamesTheRule(
      String verb, String scope, ControlPlane controlPlane, KubernetesClient client)
      throws InterruptedException {
    String name = "without-" + verb;
    List<PolicyRule> rules = new ArrayList<>(SERVER);
    rules.add(rule("", "configmaps", KIND));
    rules.add(
        rule(
            "",
            "services",
            List.of(KIND).stream().filter(it -> !it.equals(verb)).toArray(String[]::new)));
    grant(client, name, rules);
    TestHost host = TestHost.limited(controlPlane, data, name);

    AddonReport report = host.run(TestAddon.of(name, MANIFEST.replace("NAME", name)));

    AddonStatus status = report.addon(name).orElseThrow();
    assertThat(status.state()).as(report.toString()).isEqualTo(AddonState.FAILED);
    assertThat(status.reason()).isEqualTo("Forbidden");
    assertThat(status.message())
        .contains(
            "%s needs the rule {apiGroups: [\"\"], resources: [\"services\"], verbs: [\"%s\"]} %s"
                .formatted(name, verb, scope)
                .strip());
  }

  @Test
  void aMissingRightToDeleteIsAFailureThatNamesTheRule(
      ControlPlane controlPlane, KubernetesClient client) throws InterruptedException {
    List<PolicyRule> rules = new ArrayList<>(SERVER);
    rules.add(rule("", "configmaps", "get", "list", "watch", "create", "patch"));
    rules.add(rule("", "services", KIND));
    grant(client, "undeleting", rules);
    TestHost host = TestHost.limited(controlPlane, data, "undeleting");
    TestAddon addon = TestAddon.of("undeleting", MANIFEST.replace("NAME", "undeleting"));
    host.runReady(addon);

    AddonStatus status =
        host.run(host.config().disable("undeleting").build(), addon)
            .addon("undeleting")
            .orElseThrow();

    assertThat(status.state()).as(status.toString()).isEqualTo(AddonState.FAILED);
    assertThat(status.message())
        .contains("{apiGroups: [\"\"], resources: [\"configmaps\"], verbs: [\"delete\"]}");
  }

  private static void grant(KubernetesClient client, String user, List<PolicyRule> rules) {
    client
        .resource(
            new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(user)
                .endMetadata()
                .withRules(rules)
                .build())
        .create();
    client
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(user)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", user)
                .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                .build())
        .create();
  }

  private static PolicyRule rule(String group, String resource, String... verbs) {
    return new PolicyRuleBuilder()
        .withApiGroups(group)
        .withResources(resource)
        .withVerbs(verbs)
        .build();
  }
}
