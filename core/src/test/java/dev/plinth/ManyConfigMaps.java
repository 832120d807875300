package dev.plinth;

import dev.plinth.controlplane.Request;
import dev.plinth.controlplane.Requests;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The objects of a test's add-on: many of one kind, so that an apply has a middle.
 *
 * @param name of the add-on, and the beginning of the names of the ConfigMaps
 * @param count how many
 * @param content what each of them says
 */
record ManyConfigMaps(String name, int count, String content) {

  TestAddon addon() {
    return TestAddon.of(
        name,
        names().stream()
            .map(
                it ->
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, namespace: default}\ndata: {content: %s}\n"
                        .formatted(it, content))
            .collect(Collectors.joining("---\n")));
  }

  List<String> names() {
    return IntStream.range(0, count).mapToObj(it -> "%s-%02d".formatted(name, it)).toList();
  }

  /** What the live objects say, by name; those that are missing are missing. */
  Map<String, String> live(KubernetesClient client) {
    Map<String, String> contents = new TreeMap<>();
    for (ConfigMap it : client.configMaps().inNamespace("default").list().getItems()) {
      if (it.getMetadata().getName().startsWith(name + "-")) {
        contents.put(it.getMetadata().getName(), it.getData().get("content"));
      }
    }
    return contents;
  }

  /** What the live objects should say. */
  Map<String, String> expected() {
    Map<String, String> contents = new TreeMap<>();
    names().forEach(it -> contents.put(it, content));
    return contents;
  }

  /** The UIDs of the live objects. */
  Map<String, String> uids(KubernetesClient client) {
    Map<String, String> uids = new TreeMap<>();
    for (ConfigMap it : client.configMaps().inNamespace("default").list().getItems()) {
      if (it.getMetadata().getName().startsWith(name + "-")) {
        uids.put(it.getMetadata().getName(), it.getMetadata().getUid());
      }
    }
    return uids;
  }

  /** Deletes all of them, as somebody who is no server. */
  void deleteAll(KubernetesClient client) {
    names().forEach(it -> client.configMaps().inNamespace("default").withName(it).delete());
  }

  /** How often each of them was written with success. */
  Map<String, Long> writes(Requests requests) {
    return requests
        .writes()
        .resource("configmaps")
        .filter(it -> it.code() < 300 && names().contains(it.name()))
        .stream()
        .collect(Collectors.groupingBy(Request::name, TreeMap::new, Collectors.counting()));
  }
}
