package dev.plinth.overlay;

import static dev.plinth.cluster.WatchedObjects.metadata;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.cluster.WatchedObjects;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The overlays in the cluster, watched by label: for each add-on that has some a ConfigMap {@code
 * plinth-overlay-<add-on>} of what users want, which they may edit, and a ConfigMap {@code
 * plinth-overlay-<add-on>.applied} of what is in force, so that it survives a restart while what is
 * wanted does not work.
 *
 * <p>Thread-safe.
 */
public final class OverlayMaps implements AutoCloseable {

  /** Namespace of all of them. */
  public static final String NAMESPACE = "kube-system";

  private static final ResourceKind KIND =
      new ResourceKind("", "v1", "ConfigMap", "configmaps", true);
  private static final String PREFIX = "plinth-overlay-";
  private static final String APPLIED = ".applied";
  private static final int LONGEST_FIELD_MANAGER = 128;
  private static final int HASH_LENGTH = 8;

  private final Consumer<String> changed;
  private final WatchedObjects<ConfigMap> live;

  /**
   * @param client the host's client; stays open
   * @param changed is told the name of every add-on of which an overlay came, changed or went
   */
  public OverlayMaps(KubernetesClient client, Consumer<String> changed) {
    this.changed = changed;
    this.live =
        new WatchedObjects<>(
            () ->
                client
                    .configMaps()
                    .inNamespace(NAMESPACE)
                    .withLabel(Labels.OVERLAY)
                    .runnableInformer(0),
            name -> changed.accept(addonOf(name)));
  }

  /** The field manager by which a server owns what lies on its disk: at most 128 characters. */
  public static String fieldManager(String nodeName) {
    String name = PREFIX + nodeName;
    if (name.length() <= LONGEST_FIELD_MANAGER) {
      return name;
    }
    String hash = Hashing.sha256().hashString(nodeName, UTF_8).toString().substring(0, HASH_LENGTH);
    return name.substring(0, LONGEST_FIELD_MANAGER - HASH_LENGTH - 1) + "-" + hash;
  }

  /** The field {@code data} of a ConfigMap of these overlays. */
  public static ObjectNode dataOf(SortedMap<String, String> overlays) {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    overlays.forEach(data::put);
    return data;
  }

  /** Name of the ConfigMap of an add-on's overlays. */
  public static String nameOf(String addon) {
    return PREFIX + addon;
  }

  /**
   * Starts watching. May be called again, after a failure or an outage.
   *
   * @return completes when what the cluster has is known
   * @throws IllegalStateException if this is closed
   */
  public CompletableFuture<Void> start() {
    return live.start();
  }

  /** The overlays of an add-on. */
  public OverlaySet of(String addon) {
    return new OverlaySet(data(nameOf(addon)), data(nameOf(addon) + APPLIED));
  }

  /** The ConfigMap of what users want of an add-on. */
  public Optional<ObjectNode> find(String addon) {
    return live.find(nameOf(addon));
  }

  /** Names of all add-ons for which there is one of the ConfigMaps. */
  public SortedSet<String> addons() {
    SortedSet<String> names = new TreeSet<>();
    live.all().forEach(it -> names.add(addonOf(metadata(it, "name"))));
    return names;
  }

  /**
   * Makes the ConfigMap be as a comparison says; sends nothing if it is.
   *
   * @param server sends as this server's field manager
   * @throws io.fabric8.kubernetes.client.KubernetesClientException also with code 409 if somebody
   *     else was faster: to be compared anew
   */
  public void write(OverlayCopy copy, ClusterApi server) {
    Optional<ObjectNode> known = find(copy.addon());
    if (!copy.needed()) {
      return;
    }
    if (copy.isLast()) {
      known.ifPresent(it -> delete(it, server));
    } else {
      Optional<String> version = known.map(it -> metadata(it, "resourceVersion"));
      live.keep(server.apply(KIND, copy.body(version), known.isPresent()).object());
    }
    // The event of our own write tells nothing that its answer has not told.
    changed.accept(copy.addon());
  }

  /**
   * Records what is in force of an add-on; sends nothing if it is recorded.
   *
   * @param api for writing
   */
  public void record(String addon, SortedMap<String, String> inForce, ClusterApi api) {
    String name = nameOf(addon) + APPLIED;
    if (data(name).equals(inForce)) {
      return;
    }
    if (inForce.isEmpty()) {
      live.find(name).ifPresent(it -> delete(it, api));
    } else {
      live.keep(api.apply(KIND, body(name, addon, inForce, Optional.empty()), true).object());
    }
  }

  @Override
  public void close() {
    live.close();
  }

  static ObjectNode body(
      String name, String addon, SortedMap<String, String> data, Optional<String> version) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("apiVersion", KIND.apiVersion()).put("kind", KIND.kind());
    ObjectNode metadata = body.putObject("metadata");
    metadata.put("name", name).put("namespace", NAMESPACE);
    version.ifPresent(it -> metadata.put("resourceVersion", it));
    metadata.putObject("labels").put(Labels.OVERLAY, addon);
    body.set("data", dataOf(data));
    return body;
  }

  private SortedMap<String, String> data(String name) {
    return live.find(name).map(OverlayCopy::data).orElseGet(TreeMap::new);
  }

  private void delete(ObjectNode map, ClusterApi api) {
    api.delete(KIND, NAMESPACE, metadata(map, "name"), metadata(map, "uid"));
    live.remove(map);
  }

  private static String addonOf(String name) {
    String addon = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    return addon.endsWith(APPLIED) ? addon.substring(0, addon.length() - APPLIED.length()) : addon;
  }
}
