package dev.plinth.testkit.addons;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ManifestParser;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ImagesTest {

  @Test
  void are_found_in_all_containers_of_pods_and_of_templates_at_any_depth() {
    assertThat(
            images(
                """
                apiVersion: batch/v1
                kind: CronJob
                metadata: {name: a}
                spec:
                  jobTemplate:
                    spec:
                      template:
                        spec:
                          initContainers: [{name: i, image: init:1}]
                          containers: [{name: c, image: main:1}, {name: without}]
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: b}
                spec: {containers: [{name: c, image: pod:1}], ephemeralContainers: [{image: debug:1}]}
                """))
        .containsExactly("debug:1", "init:1", "main:1", "pod:1");
  }

  @Test
  void are_found_in_the_text_of_a_config_map_and_nowhere_else_in_text() {
    assertThat(
            images(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: a, annotations: {note: "image: no"}}
                data:
                  pod.yaml: |
                    spec:
                      containers:
                        - name: helper
                          image: "helper:1"
                        - image: second:1
                  values.yaml: |
                    image:
                      repository: no
                    other: {image: no}
                  prose: the image is of no interest
                """))
        .containsExactly("helper:1", "second:1");
  }

  private static Set<String> images(String manifest) {
    return Images.in(
        new ManifestParser().parse("test.yaml", manifest).stream().map(ManifestDocument::content));
  }
}
