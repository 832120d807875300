package dev.plinth.testkit.addons;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Locale;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The namespaces of one test. */
final class TestNamespaces {

  private static final int LONGEST_NAME = 63;
  private static final int RANDOM_PART = 8;

  private final KubernetesClient client;
  private final Queue<String> names = new ConcurrentLinkedQueue<>();

  TestNamespaces(KubernetesClient client) {
    this.client = client;
  }

  /** Makes one whose name begins as the test's. */
  String create(String test) {
    String name = nameFor(test) + "-" + UUID.randomUUID().toString().substring(0, RANDOM_PART);
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    names.add(name);
    return name;
  }

  void delete() {
    names.forEach(it -> client.namespaces().withName(it).delete());
    names.clear();
  }

  private static String nameFor(String test) {
    String words =
        test.replaceAll("([a-z0-9])([A-Z])", "$1-$2")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-");
    String cut = words.substring(0, Math.min(words.length(), LONGEST_NAME - RANDOM_PART - 1));
    String name = cut.replaceAll("^-+|-+$", "");
    return name.isEmpty() ? "test" : name;
  }
}
