package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.apply.ObjectPreview;
import dev.plinth.helm.release.ReleaseName;
import dev.plinth.manifest.ObjectReference;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReleaseDifferenceTest {

  private static final ReleaseName RELEASE = new ReleaseName("web", "site");

  @Test
  void what_is_the_same_is_not_told() {
    String manifest = object("v1", "ConfigMap", "a", "data: {b: c}");
    assertThat(between(manifest, "# a comment\n" + manifest)).isEmpty();
  }

  @Test
  void another_version_of_the_api_makes_no_other_object() {
    assertThat(
            between(
                object("policy/v1beta1", "PodDisruptionBudget", "a", ""),
                object("policy/v1", "PodDisruptionBudget", "a", "")))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.change()).isEqualTo(ObjectPreview.Change.CHANGE);
              assertThat(it.fields()).hasSize(1);
              assertThat(it.fields().get(0).path()).isEqualTo("apiVersion");
            });
  }

  @Test
  void the_namespace_of_the_release_is_meant_where_none_is_named() {
    assertThat(
            between(
                object("v1", "ConfigMap", "a", "data: {b: '1'}"),
                object("v1", "ConfigMap", "a, namespace: web", "data: {b: '1'}")))
        .singleElement()
        .satisfies(it -> assertThat(it.object()).hasToString("ConfigMap web/a"));
  }

  @Test
  void secrets_are_masked_and_what_is_secret_elsewhere_too() {
    List<ObjectPreview> previews =
        between(
            object("v1", "Secret", "a", "data: {k: b25l}")
                + object("v1", "ConfigMap", "a", "data: {k: hidden one}"),
            object("v1", "Secret", "a", "data: {k: dHdv}")
                + object("v1", "ConfigMap", "a", "data: {k: hidden two}"));
    assertThat(previews).hasSize(2);
    assertThat(previews.get(0).fields().get(0))
        .hasToString("FieldChange[path=data.k, before=***, after=***]");
    assertThat(previews.get(1).fields().get(0))
        .hasToString("FieldChange[path=data.k, before=\"*** one\", after=\"*** two\"]");
  }

  private static List<ObjectPreview> between(String before, String after) {
    return new ReleaseDifference(
            "release web/site",
            it ->
                new ObjectReference(it.reference().apiVersion(), it.reference().kind(), "web", "a"),
            it -> it.replace("hidden", "***"))
        .between(objects(before), objects(after));
  }

  private static List<DeclaredObject> objects(String manifest) {
    return ReleaseManifest.parse(manifest, RELEASE).objects();
  }

  private static String object(String apiVersion, String kind, String name, String more) {
    return "---\napiVersion: %s\nkind: %s\nmetadata: {name: %s}\n%s\n"
        .formatted(apiVersion, kind, name, more);
  }
}
