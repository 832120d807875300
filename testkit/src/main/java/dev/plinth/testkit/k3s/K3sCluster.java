package dev.plinth.testkit.k3s;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plinth.controlplane.ControlPlane;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/**
 * Writes to a cluster what the server of a K3s writes: Addons, and the objects of their manifests
 * with the labels, annotations and field managers that they have there.
 */
public final class K3sCluster implements AutoCloseable {

  private static final String NAMESPACE = "kube-system";
  private static final String OBJECT_SET = "objectset.rio.cattle.io/";
  private static final long PATIENCE_SECONDS = 30;
  private static final String ADDON = "k3s.cattle.io/v1, Kind=Addon";

  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: addons.k3s.cattle.io}
      spec:
        group: k3s.cattle.io
        names: {kind: Addon, plural: addons, singular: addon}
        scope: Namespaced
        versions:
          - name: v1
            served: true
            storage: true
            additionalPrinterColumns:
              - {name: Source, type: string, jsonPath: .spec.source}
              - {name: Checksum, type: string, jsonPath: .spec.checksum}
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    properties:
                      source: {type: string, nullable: true}
                      checksum: {type: string, nullable: true}
      """;

  private final KubernetesClient supervisor;
  private final KubernetesClient deploy;

  private K3sCluster(KubernetesClient supervisor, KubernetesClient deploy) {
    this.supervisor = supervisor;
    this.deploy = deploy;
  }

  /**
   * The traces of the K3s server on a node.
   *
   * @param node its name, which is part of the names of its field managers
   */
  public static K3sCluster of(ControlPlane controlPlane, String node) {
    return new K3sCluster(
        clientCalled("k3s-supervisor@" + node, controlPlane),
        clientCalled("deploy@" + node, controlPlane));
  }

  /** The client of K3s's supervisor. */
  public KubernetesClient supervisor() {
    return supervisor;
  }

  /** Makes the API server serve Addons, as K3s does it: without a status. */
  public void define() throws InterruptedException {
    HasMetadata definition = load(supervisor, DEFINITION).get(0);
    supervisor.resource(definition).unlock().createOr(it -> it.update());
    supervisor
        .resource(definition)
        .waitUntilCondition(K3sCluster::isEstablished, PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static boolean isEstablished(HasMetadata definition) {
    return definition instanceof CustomResourceDefinition known
        && known.getStatus() != null
        && known.getStatus().getConditions().stream()
            .anyMatch(it -> it.getType().equals("Established") && it.getStatus().equals("True"));
  }

  /**
   * Does with a manifest file what K3s does: an Addon without a checksum, the objects, and then the
   * checksum and the kinds.
   *
   * @param name of the Addon
   * @param source path of the file
   * @param manifest its content
   */
  public void apply(String name, String source, String manifest) {
    GenericKubernetesResource addon = addon(name, source);
    addon = supervisor.resource(addon).unlock().createOr(it -> it.update());
    List<HasMetadata> objects = load(deploy, manifest);
    for (HasMetadata object : objects) {
      mark(object, ADDON, name);
      deploy.resource(object).unlock().createOr(it -> it.update());
    }
    addon
        .getMetadata()
        .setAnnotations(new HashMap<>(Map.of("addon.k3s.cattle.io/gvks", gvks(objects))));
    addon.setAdditionalProperty(
        "spec", new LinkedHashMap<>(Map.of("source", source, "checksum", sha256(manifest))));
    supervisor.resource(addon).update();
  }

  /** Marks an object as wrangler does it, for an owner of kube-system. */
  public static void mark(HasMetadata object, String ownerKind, String ownerName) {
    String applied = applied(object);
    Map<String, String> labels = orNew(object.getMetadata().getLabels());
    labels.put(OBJECT_SET + "hash", hash(ownerKind, ownerName, NAMESPACE));
    object.getMetadata().setLabels(labels);
    Map<String, String> annotations = orNew(object.getMetadata().getAnnotations());
    annotations.put(OBJECT_SET + "id", "");
    annotations.put(OBJECT_SET + "owner-gvk", ownerKind);
    annotations.put(OBJECT_SET + "owner-name", ownerName);
    annotations.put(OBJECT_SET + "owner-namespace", NAMESPACE);
    annotations.put(OBJECT_SET + "applied", applied);
    object.getMetadata().setAnnotations(annotations);
  }

  /** K3s's hash of an owner. */
  public static String hash(String ownerKind, String name, String namespace) {
    return hex(digest("SHA-1", ownerKind + name + namespace));
  }

  @Override
  public void close() {
    supervisor.close();
    deploy.close();
  }

  private static GenericKubernetesResource addon(String name, String source) {
    GenericKubernetesResource addon =
        new GenericKubernetesResourceBuilder()
            .withApiVersion("k3s.cattle.io/v1")
            .withKind("Addon")
            .withNewMetadata()
            .withName(name)
            .withNamespace(NAMESPACE)
            .endMetadata()
            .build();
    addon.setAdditionalProperty("spec", new LinkedHashMap<>(Map.of("source", source)));
    return addon;
  }

  private static String gvks(List<HasMetadata> objects) {
    TreeSet<String> kinds = new TreeSet<>();
    for (HasMetadata object : objects) {
      String version = object.getApiVersion();
      kinds.add(
          "%s, Kind=%s"
              .formatted(version.contains("/") ? version : "/" + version, object.getKind()));
    }
    return String.join(";", kinds);
  }

  private static List<HasMetadata> load(KubernetesClient client, String yaml) {
    List<HasMetadata> objects = new ArrayList<>();
    // What begins with a brace would be taken for JSON, which has no second document.
    for (HasMetadata object :
        client.load(new ByteArrayInputStream(("---\n" + yaml).getBytes(UTF_8))).items()) {
      if (object.getMetadata() != null) {
        objects.add(object);
      }
    }
    return objects;
  }

  private static Map<String, String> orNew(Map<String, String> map) {
    return map == null ? new HashMap<>() : new HashMap<>(map);
  }

  private static String applied(HasMetadata object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(Serialization.asJson(object).getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  private static String sha256(String text) {
    return hex(digest("SHA-256", text));
  }

  private static byte[] digest(String algorithm, String text) {
    try {
      return MessageDigest.getInstance(algorithm).digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  private static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  /** A client whose writes have this field manager, as the server takes it from the user agent. */
  private static KubernetesClient clientCalled(String manager, ControlPlane controlPlane) {
    Config config = controlPlane.clientConfig();
    config.setUserAgent(manager + "/v1.36.3+k3s1 (linux/amd64)");
    return new KubernetesClientBuilder().withConfig(config).build();
  }
}
