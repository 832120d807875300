package dev.plinth.overlay;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.NewestObjects;
import dev.plinth.cluster.ResourceKind;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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

  private final KubernetesClient client;
  private final Consumer<String> changed;
  private final NewestObjects<ObjectNode> live =
      new NewestObjects<>(it -> metadata(it, "uid"), it -> metadata(it, "resourceVersion"));
  private final ObjectMapper mapper = JsonMapper.builder().build();
  private Optional<SharedIndexInformer<ConfigMap>> informer = Optional.empty();
  private boolean closed;

  /**
   * @param client the host's client; stays open
   * @param changed is told the name of every add-on of which an overlay came, changed or went
   */
  public OverlayMaps(KubernetesClient client, Consumer<String> changed) {
    this.client = client;
    this.changed = changed;
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
  public synchronized CompletableFuture<Void> start() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    informer.ifPresent(SharedIndexInformer::close);
    CompletableFuture<Void> listed = new CompletableFuture<>();
    SharedIndexInformer<ConfigMap> fresh =
        client
            .configMaps()
            .inNamespace(NAMESPACE)
            .withLabel(Labels.OVERLAY)
            .runnableInformer(0)
            .exceptionHandler((started, error) -> started)
            .addEventHandler(new Handler(listed));
    informer = Optional.of(fresh);
    fresh
        .start()
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                listed.completeExceptionally(error);
              }
            });
    return listed;
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
      keep(server.apply(KIND, copy.body(version), known.isPresent()).object());
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
      keep(api.apply(KIND, body(name, addon, inForce, Optional.empty()), true).object());
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    informer.ifPresent(SharedIndexInformer::close);
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
    live.remove(metadata(map, "name"), metadata(map, "uid"), metadata(map, "resourceVersion"));
  }

  private void keep(ObjectNode seen) {
    live.put(metadata(seen, "name"), seen);
  }

  private static String addonOf(String name) {
    String addon = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    return addon.endsWith(APPLIED) ? addon.substring(0, addon.length() - APPLIED.length()) : addon;
  }

  private static String metadata(JsonNode object, String field) {
    return object.path("metadata").path(field).asText();
  }

  private final class Handler implements ResourceEventHandler<ConfigMap> {

    private final CompletableFuture<Void> listed;
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    Handler(CompletableFuture<Void> listed) {
      this.listed = listed;
    }

    @Override
    public void onAdd(ConfigMap object) {
      seen(object);
    }

    @Override
    public void onUpdate(ConfigMap before, ConfigMap object) {
      seen(object);
    }

    @Override
    public void onDelete(ConfigMap object, boolean unknownState) {
      ObjectMeta last = object.getMetadata();
      names.remove(last.getName());
      live.remove(last.getName(), last.getUid(), last.getResourceVersion());
      changed.accept(addonOf(last.getName()));
    }

    @Override
    public void onList(String resourceVersion, boolean remainedEmpty) {
      forgetWhatWent(resourceVersion);
      listed.complete(null);
    }

    /** What an earlier informer knew and the list has not was deleted while nobody watched. */
    private void forgetWhatWent(String listedVersion) {
      for (ObjectNode known : List.copyOf(live.all())) {
        String name = metadata(known, "name");
        if (!names.contains(name)
            && !NewestObjects.isNewer(metadata(known, "resourceVersion"), listedVersion)) {
          live.forget(name, metadata(known, "uid"));
          changed.accept(addonOf(name));
        }
      }
    }

    private void seen(ConfigMap object) {
      ObjectMeta metadata = object.getMetadata();
      names.add(metadata.getName());
      if (live.isNews(metadata.getName(), metadata.getUid(), metadata.getResourceVersion())) {
        keep(mapper.valueToTree(object));
        changed.accept(addonOf(metadata.getName()));
      }
    }
  }
}
