package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.cluster.ResourceKind;
import dev.plinth.helm.release.ReleaseName;
import org.junit.jupiter.api.Test;

class ReleaseManifestTest {

  private static final ReleaseName RELEASE = new ReleaseName("apps", "web");
  private static final ResourceKind MAP =
      new ResourceKind("", "v1", "ConfigMap", "configmaps", true);
  private static final ResourceKind SECRET = new ResourceKind("", "v1", "Secret", "secrets", true);

  private static ReleaseManifest parse(String manifest) {
    return ReleaseManifest.parse(manifest, RELEASE);
  }

  @Test
  void objects_are_taken_out_of_documents_and_lists_and_hooks_left_out() {
    ReleaseManifest manifest =
        parse(
            """
            ---
            # Source: web/templates/a.yaml
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a, annotations: {helm.sh/resource-policy: keep}}
            --- # Source: web/templates/b.yaml
            apiVersion: v1
            kind: ConfigMapList
            items:
              - {apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: other}}
            ---
            # nothing
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: test, annotations: {helm.sh/hook: test}}
            ---
            just: text
            """);
    assertThat(manifest.problems()).isEmpty();
    assertThat(manifest.objects())
        .extracting(DeclaredObject::toString)
        .containsExactly("ConfigMap a", "ConfigMap other/b");
    assertThat(manifest.objects())
        .extracting(it -> it.key(MAP).toString())
        .containsExactly("ConfigMap apps/a", "ConfigMap other/b");
  }

  @Test
  void scalars_are_read_as_helm_reads_them_and_of_a_key_twice_the_last_counts() {
    DeclaredObject object =
        parse(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: a}
                data: {twice: 1}
                data: {twice: 2, on: 010}
                """)
            .objects()
            .get(0);
    assertThat(object.body(MAP).path("data").toString()).isEqualTo("{\"twice\":2,\"true\":8}");
  }

  @Test
  void one_document_that_is_no_yaml_is_told_without_its_content_and_costs_no_other() {
    ReleaseManifest manifest =
        parse(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: a
            stringData: {password: s3cret}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: b}
            """);
    assertThat(manifest.objects())
        .extracting(DeclaredObject::toString)
        .containsExactly("ConfigMap b");
    assertThat(manifest.problems())
        .singleElement()
        .asString()
        .startsWith("manifest of release apps/web, document 1:")
        .doesNotContain("s3cret");
  }

  @Test
  void what_is_sent_is_what_helm_sends() {
    DeclaredObject object =
        parse(
                """
                apiVersion: v1
                kind: Secret
                metadata:
                  name: a
                  creationTimestamp: null
                  labels: {app.kubernetes.io/managed-by: Tiller}
                  annotations: {plinth.dev/drift: warn}
                stringData: {password: s3cret}
                data: {other: eA==}
                status: {}
                """)
            .objects()
            .get(0);
    assertThat(object.driftPolicy()).contains("warn");
    assertThat(object.body(SECRET).toString())
        .isEqualTo(
            "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\","
                + "\"labels\":{\"app.kubernetes.io/managed-by\":\"Helm\"},"
                + "\"annotations\":{\"meta.helm.sh/release-name\":\"web\","
                + "\"meta.helm.sh/release-namespace\":\"apps\"},\"namespace\":\"apps\"},"
                + "\"data\":{\"other\":\"eA==\",\"password\":\"czNjcmV0\"}}");
    assertThat(object.toString()).doesNotContain("s3cret");
  }
}
