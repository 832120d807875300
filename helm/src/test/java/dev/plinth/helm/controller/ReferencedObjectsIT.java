package dev.plinth.helm.controller;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.collect.ConcurrentHashMultiset;
import com.google.common.collect.Multiset;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.helm.controller.Reference.Keys;
import dev.plinth.helm.controller.ReferencedContent.Absent;
import dev.plinth.helm.controller.ReferencedContent.Found;
import dev.plinth.helm.controller.ReferencedContent.Unreadable;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is seen of Secrets and ConfigMaps on a real API server. */
@WithControlPlane
class ReferencedObjectsIT {

  private static final String USER = "reader-of-references";

  private final ControlPlane controlPlane;
  private final KubernetesClient client;
  private final KubernetesClient reading;
  private final Multiset<ResourceID> changes = ConcurrentHashMultiset.create();
  private final ReferencedObjects referenced;
  private String namespace;
  private ResourceID chart;

  ReferencedObjectsIT(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    this.client = controlPlane.client();
    this.reading = controlPlane.clientFor(USER);
    this.referenced = new ReferencedObjects(reading, changes::add);
  }

  @BeforeEach
  void makeNamespace() {
    namespace =
        client
            .resource(
                new NamespaceBuilder()
                    .withNewMetadata()
                    .withGenerateName("references-")
                    .endMetadata()
                    .build())
            .create()
            .getMetadata()
            .getName();
    chart = new ResourceID("chart", namespace);
  }

  @AfterEach
  void close() {
    referenced.close();
    reading.close();
    client.namespaces().withName(namespace).delete();
  }

  @Test
  void an_object_is_seen_when_it_comes_changes_and_goes() {
    allowReading();
    ReferencedObject secret = secret("a");
    assertThat(read(Reference.to(secret, Keys.of("k")))).containsEntry(secret, new Absent());

    put("a", Map.of("k", "1", "other", "x"));
    awaitChange();
    assertThat(text(read(Reference.to(secret, Keys.of("k"))), secret)).isEqualTo(Map.of("k", "1"));

    put("a", Map.of("k", "2", "other", "x"));
    awaitChange();
    assertThat(text(read(Reference.to(secret, Keys.of("k"))), secret)).isEqualTo(Map.of("k", "2"));

    client.secrets().inNamespace(namespace).withName("a").delete();
    awaitChange();
    assertThat(read(Reference.to(secret, Keys.of("k")))).containsEntry(secret, new Absent());
  }

  @Test
  void only_what_a_chart_has_not_seen_concerns_it() {
    allowReading();
    ResourceID other = new ResourceID("other", namespace);
    ResourceID gone = new ResourceID("gone", namespace);
    put("a", Map.of("k", "1", "l", "1", "m", "1"));
    Reference first = Reference.to(secret("a"), Keys.of("k"));
    Reference second = Reference.to(secret("a"), Keys.of("l"));
    read(first);
    assertThat(text(referenced.read(other, List.of(second)), secret("a")))
        .isEqualTo(Map.of("k", "1", "l", "1"));
    referenced.read(gone, List.of(first, second));
    referenced.forget(gone);

    put("a", Map.of("k", "1", "l", "1", "m", "2"));
    put("a", Map.of("k", "1", "l", "2", "m", "2"));
    await().until(() -> changes.contains(other));
    put("a", Map.of("k", "2", "l", "2", "m", "2"));
    await().until(() -> changes.contains(chart));
    assertThat(changes.elementSet()).containsExactlyInAnyOrder(chart, other);
  }

  @Test
  void the_first_look_is_no_change_and_the_second_costs_nothing() {
    allowReading();
    List<Reference> references =
        IntStream.range(0, 100)
            .mapToObj(it -> Reference.to(secret("s" + it), Keys.of("k")))
            .toList();
    IntStream.range(0, 100).forEach(it -> put("s" + it, Map.of("k", "v" + it)));
    Map<ReferencedObject, ReferencedContent> contents = referenced.read(chart, references);
    assertThat(contents)
        .hasSize(100)
        .allSatisfy((object, content) -> assertThat(content).isInstanceOf(Found.class));
    Mark mark = controlPlane.mark();
    assertThat(referenced.read(chart, references).keySet()).isEqualTo(contents.keySet());
    assertThat(changes).isEmpty();
    put("s99", Map.of("k", "new"));
    awaitChange();
    assertThat(requests(mark)).isEmpty();
    assertThat(text(referenced.read(chart, references), secret("s99")))
        .isEqualTo(Map.of("k", "new"));
    assertThat(changes).isEmpty();
  }

  @Test
  void a_config_map_has_text_and_bytes() {
    allowReading();
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("c")
                .endMetadata()
                .addToData("t", "text")
                .addToBinaryData("b", "AAE=")
                .build())
        .create();
    ReferencedObject configMap = ReferencedObject.configMap(namespace, "c");
    Found found = (Found) read(Reference.to(configMap, Keys.ALL)).get(configMap);
    assertThat(found.data().get("t")).isEqualTo("text".getBytes(UTF_8));
    assertThat(found.data().get("b")).isEqualTo(new byte[] {0, 1});
  }

  @Test
  void what_is_to_be_looked_at_once_is_not_watched() {
    allowReading();
    put("a", Map.of("k", "1", "l", "2"));
    Mark mark = controlPlane.mark();
    Reference once = Reference.once(secret("a"), Keys.of("k"));
    assertThat(text(read(once), secret("a"))).isEqualTo(Map.of("k", "1"));
    assertThat(requests(mark).countsByVerb()).isEqualTo(Map.of("get", 1L));
    assertThat(text(read(once, Reference.to(secret("a"), Keys.of("l"))), secret("a")))
        .isEqualTo(Map.of("k", "1", "l", "2"));
  }

  @Test
  void a_missing_right_is_told_and_heals() {
    put("a", Map.of("k", "1"));
    Reference reference = Reference.to(secret("a"), Keys.of("k"));
    ReferencedContent content = read(reference).get(secret("a"));
    assertThat(content).isInstanceOf(Unreadable.class);
    assertThat(((Unreadable) content).message())
        .isEqualTo(
            "%s needs the rule {apiGroups: [\"\"], resources: [\"secrets\"], verbs: [\"list\"]} in"
                    .formatted(USER)
                + " namespace "
                + namespace);
    allowReading();
    awaitChange();
    assertThat(text(read(reference), secret("a"))).isEqualTo(Map.of("k", "1"));
  }

  @Test
  void the_right_to_one_object_is_enough_to_see_that_one() {
    client
        .resource(
            new RoleBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("one")
                .endMetadata()
                .addNewRule()
                .withApiGroups("")
                .withResources("secrets")
                .withResourceNames("a")
                .withVerbs("get", "list", "watch")
                .endRule()
                .build())
        .create();
    bind("Role", "one");
    await()
        .ignoreExceptions()
        .untilAsserted(() -> reading.secrets().inNamespace(namespace).withName("a").get());
    Reference reference = Reference.to(secret("a"), Keys.of("k"));
    assertThat(read(reference)).containsEntry(secret("a"), new Absent());
    put("a", Map.of("k", "1"));
    awaitChange();
    assertThat(text(read(reference), secret("a"))).isEqualTo(Map.of("k", "1"));
    Reference other = Reference.to(secret("b"), Keys.of("k"));
    assertThat(read(other).get(secret("b"))).isInstanceOf(Unreadable.class);
  }

  @Test
  void closing_leaves_no_thread_and_no_connection() throws IOException {
    allowReading();
    cycle(); // what the client and the JVM themselves start once
    long threads = threads();
    long files = openFiles();
    IntStream.range(0, 5).forEach(it -> cycle());
    await()
        .untilAsserted(
            () -> {
              assertThat(threads()).as("threads").isLessThanOrEqualTo(threads);
              assertThat(openFiles()).as("open files").isLessThanOrEqualTo(files + 2);
            });
  }

  private void cycle() {
    try (ReferencedObjects cycled = new ReferencedObjects(reading, changes::add)) {
      cycled.read(
          chart,
          IntStream.range(0, 5)
              .mapToObj(it -> Reference.to(secret("s" + it), Keys.of("k")))
              .toList());
    }
  }

  /** Without those of the client's pools, which end after some time without work. */
  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(it -> !it.contains("-pool-") && !it.startsWith("awaitility"))
        .count();
  }

  private static long openFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  private Map<ReferencedObject, ReferencedContent> read(Reference... references) {
    changes.clear();
    return referenced.read(chart, List.of(references));
  }

  private void awaitChange() {
    await().until(() -> changes.contains(chart));
    changes.clear();
  }

  private Requests requests(Mark mark) {
    return controlPlane.requestsSince(mark).username(USER).filter(it -> !it.verb().equals("watch"));
  }

  private ReferencedObject secret(String name) {
    return ReferencedObject.secret(namespace, name);
  }

  private static Map<String, String> text(
      Map<ReferencedObject, ReferencedContent> contents, ReferencedObject object) {
    assertThat(contents.get(object)).isInstanceOf(Found.class);
    Map<String, String> text = new HashMap<>();
    ((Found) contents.get(object)).data().forEach((k, v) -> text.put(k, new String(v, UTF_8)));
    return text;
  }

  private void put(String name, Map<String, String> data) {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withStringData(data)
                .build())
        .createOr(it -> it.update());
  }

  private void allowReading() {
    bind("ClusterRole", "admin");
    await().ignoreExceptions().until(() -> reading.secrets().inNamespace(namespace).list() != null);
  }

  private void bind(String kind, String role) {
    client
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("read")
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", kind, role)
                .addNewSubject("rbac.authorization.k8s.io", "User", USER, null)
                .build())
        .create();
  }
}
