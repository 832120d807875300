package dev.plinth.deploy;

import static dev.plinth.cluster.WatchedObjects.metadata;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.apply.FieldChange;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.FieldTransfer;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.WatchedObjects;
import dev.plinth.manifest.ObjectReference;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Addons in the cluster: watched, and written only where they differ.
 *
 * <p>Thread-safe, as long as one Addon is written by one thread at a time.
 */
public final class AddonResources implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AddonResources.class);
  private static final String TOOLING = "plinth/";
  private static final int MOST_ATTEMPTS = 5;
  private static final int INVALID = 422;

  private final ClusterApi api;
  private final ClusterApi sourceApi;
  private final AddonDefinition definition;
  private final String instance;
  private final String tooling;
  private final InstantSource clock;
  private final Consumer<String> changed;
  private final WatchedObjects<GenericKubernetesResource> live;

  /**
   * @param client the host's client; stays open
   * @param api for writing
   * @param instance node name of this server
   * @param tooling who keeps the ApplySets, {@code plinth/<version>}
   * @param clock for the times of condition changes
   * @param changed is told the name of every Addon that was added, changed or deleted
   */
  public AddonResources(
      KubernetesClient client,
      ClusterApi api,
      String instance,
      String tooling,
      InstantSource clock,
      Consumer<String> changed) {
    this(
        api,
        instance,
        tooling,
        clock,
        changed,
        new WatchedObjects<>(() -> informer(client), changed));
  }

  /** For who is no server. */
  public AddonResources(
      KubernetesClient client,
      ClusterApi api,
      String tooling,
      InstantSource clock,
      Consumer<String> changed) {
    this(client, api, "", tooling, clock, changed);
  }

  private AddonResources(
      ClusterApi api,
      String instance,
      String tooling,
      InstantSource clock,
      Consumer<String> changed,
      WatchedObjects<GenericKubernetesResource> live) {
    this.api = api;
    this.sourceApi = api.as(SourceFile.fieldManager(instance));
    this.definition = new AddonDefinition(api, clock);
    this.instance = instance;
    this.tooling = tooling;
    this.clock = clock;
    this.changed = changed;
    this.live = live;
  }

  /**
   * The same Addons, as they are watched here, written by other requests; not to be started or
   * closed.
   */
  public AddonResources writtenBy(ClusterApi other) {
    return new AddonResources(other, instance, tooling, clock, changed, live);
  }

  /**
   * Starts watching. May be called again, after a failure or an outage: an informer that could not
   * start never does, and one that ran may have lost its watch, so each call has one of its own.
   *
   * @return completes when the Addons that the cluster has are known
   * @throws IllegalStateException if this is closed
   */
  public CompletableFuture<Void> start() {
    return live.start();
  }

  private static SharedIndexInformer<GenericKubernetesResource> informer(KubernetesClient client) {
    return client
        .genericKubernetesResources(
            new ResourceDefinitionContext.Builder()
                .withGroup(AddonResource.KIND.group())
                .withVersion(AddonResource.KIND.version())
                .withKind(AddonResource.KIND.kind())
                .withPlural(AddonResource.KIND.plural())
                .withNamespaced(true)
                .build())
        .inNamespace(AddonResource.NAMESPACE)
        .runnableInformer(0);
  }

  /** The Addon of that name. */
  public Optional<AddonResource> find(String name) {
    return live.find(name).map(AddonResource::parse);
  }

  /** Whether there is no Addon at all. */
  public boolean isEmpty() {
    return live.all().isEmpty();
  }

  /**
   * All Addons of users' files that this server applies, or has told of its own file in; one of no
   * server may be of any.
   */
  public List<AddonResource> ofFiles() {
    return live.all().stream()
        .filter(it -> it.path("metadata").path("labels").has(Labels.APPLYSET_ID))
        .filter(it -> AddonSources.parse(it).concerns(instance))
        .map(AddonResource::parse)
        .filter(it -> it.addon().isEmpty())
        .toList();
  }

  /** All Addons of an add-on. */
  public List<AddonResource> of(String addon) {
    return live.all().stream()
        .map(AddonResource::parse)
        .filter(it -> it.addon().filter(addon::equals).isPresent())
        .toList();
  }

  /** UID of the Addon of that name, for events about it. */
  public Optional<String> uid(String name) {
    return live.find(name).map(it -> metadata(it, "uid"));
  }

  /** The version of Plinth that has written the Addon of that name last; empty if none has. */
  public Optional<String> appliedBy(String name) {
    return annotation(name, Labels.APPLYSET_TOOLING)
        .filter(it -> it.startsWith(TOOLING))
        .map(it -> it.substring(TOOLING.length()));
  }

  /** An annotation of the Addon of that name. */
  Optional<String> annotation(String name, String key) {
    return Optional.ofNullable(
        knownAs(name).path("metadata").path("annotations").path(key).textValue());
  }

  /**
   * Whether the Addon of that name is K3s's so far: Plinth has not made it the parent of a set, or
   * K3s has written to it since, or its adoption was begun and not ended.
   */
  public boolean isOfK3s(String name) {
    return live.find(name).filter(AddonResources::isOfK3s).isPresent();
  }

  /** The same of a live Addon. */
  public static boolean isOfK3s(JsonNode addon) {
    return !addon.path("metadata").path("labels").has(Labels.APPLYSET_ID)
        || FieldTransfer.isWrittenByK3s(addon);
  }

  /** Ends the adoption of an Addon whose objects are adopted; sends nothing if it was not K3s's. */
  void adopted(String name) {
    live.find(name)
        .flatMap(it -> FieldTransfer.fromK3s(it, api.fieldManager()))
        .ifPresent(
            it -> live.keep(api.transfer(AddonResource.KIND, AddonResource.NAMESPACE, name, it)));
  }

  /** What the servers have under that name; nothing if there is no Addon. */
  public AddonSources sources(String name) {
    return live.find(name).map(AddonSources::parse).orElse(AddonSources.NONE);
  }

  /** Makes the record of what is no user's file be this one; sends nothing if it is. */
  public void write(AddonResource record) {
    write(record, Optional.empty());
  }

  /**
   * Makes the record in the cluster be this one; sends nothing if it is.
   *
   * @param claim by which server; empty for what is no user's file
   * @throws AddonTakenException if the Addon has changed since this was decided on
   */
  public void write(AddonResource record, Optional<SourceClaim> claim) {
    update(
        record.name(),
        known -> {
          Optional<AddonResource> now = known.map(AddonResource::parse);
          if (claim.isEmpty() || isSame(known, record)) {
            return difference(known, record);
          } else if (!definition.tellsServers()) {
            return difference(known, record.ofNoServer());
          }
          claim.get().check(record.name(), now);
          return difference(known, record);
        },
        body -> api.apply(AddonResource.KIND, body, true));
  }

  private Optional<ObjectNode> difference(Optional<ObjectNode> known, AddonResource record) {
    return isSame(known, record) ? Optional.empty() : Optional.of(record.toJson(tooling));
  }

  private boolean isSame(Optional<ObjectNode> known, AddonResource record) {
    return known
        .filter(it -> AddonResource.parse(it).equals(record) && isParent(it, record))
        .isPresent();
  }

  /**
   * Makes sure that a user's file is still the one to be applied, if several servers have one: the
   * watch of the objects may show what another server did before that of Addons shows why.
   *
   * @throws AddonTakenException if not
   */
  void confirm(DeclaredManifest manifest) {
    boolean isShared =
        sources(manifest.name()).files().stream().anyMatch(it -> !it.instance().equals(instance));
    if (isShared && manifest.claim().isPresent()) {
      reload(manifest.name());
      manifest.claim().get().check(manifest.name(), find(manifest.name()));
    }
  }

  /**
   * Tells in its Addon that this server has a user's file; sends nothing if that says so, or the
   * manifest is no user's file.
   */
  void writeSource(DeclaredManifest manifest) {
    manifest
        .claim()
        .ifPresent(
            it ->
                writeSource(
                    manifest.name(),
                    Optional.of(
                        new SourceFile(it.instance(), manifest.source(), manifest.checksum()))));
  }

  /**
   * Tells in an Addon what this server has under that name; sends nothing if that says so, or there
   * is no Addon.
   *
   * @param file what it has; empty if nothing
   */
  public void writeSource(String name, Optional<SourceFile> file) {
    update(
        name,
        known ->
            known
                .filter(it -> !AddonSources.parse(it).of(instance).equals(file))
                .filter(it -> definition.tellsServers())
                .map(it -> SourceFile.statusOf(file, clock.instant()))
                .map(it -> identified(name).<ObjectNode>set("status", it)),
        body -> sourceApi.applyStatus(AddonResource.KIND, body));
  }

  /** What {@link #write} would do. */
  public ObjectPreview preview(AddonResource record) {
    ObjectReference reference = referenceTo(record.name());
    ObjectNode known = live.find(record.name()).orElse(null);
    if (known == null) {
      return new ObjectPreview(reference, Change.CREATE, false, List.of(), "");
    }
    AddonResource now = AddonResource.parse(known);
    return new ObjectPreview(
        reference,
        isSame(Optional.of(known), record) ? Change.LEAVE : Change.CHANGE,
        false,
        FieldChange.between(now.toJson(tooling), record.toJson(tooling), false),
        "");
  }

  /** What {@link #delete} would do. */
  public ObjectPreview previewDelete(String name) {
    return new ObjectPreview(referenceTo(name), Change.DELETE, true, List.of(), "");
  }

  private static ObjectReference referenceTo(String name) {
    return new ObjectReference(
        AddonResource.KIND.apiVersion(), AddonResource.KIND.kind(), AddonResource.NAMESPACE, name);
  }

  /** Makes the status of an Addon be this one, whoever applies it; sends nothing if it is. */
  public void writeStatus(String name, AddonStatusView status) {
    writeStatus(name, status, Optional.empty());
  }

  /**
   * Makes the status of an Addon be this one, except for what each server tells of its own file;
   * sends nothing if it is.
   *
   * @param claim by which server; empty for what is no user's file
   * @throws AddonTakenException if the Addon is another server's now
   */
  public void writeStatus(String name, AddonStatusView status, Optional<SourceClaim> claim) {
    update(
        name,
        known -> {
          claim.ifPresent(it -> it.check(name, known.map(AddonResource::parse)));
          JsonNode now = known.map(it -> it.path("status")).orElseGet(MissingNode::getInstance);
          ObjectNode wanted = status.toJson(now, clock.instant());
          return wanted.equals(withoutSources(now))
              ? Optional.empty()
              : Optional.of(identified(name).set("status", wanted));
        },
        body -> api.applyStatus(AddonResource.KIND, body));
  }

  /** Looks at the Addon in the cluster: the watch may be behind. */
  private void reload(String name) {
    Optional<ObjectNode> before = live.find(name);
    Optional<ObjectNode> now = api.get(AddonResource.KIND, AddonResource.NAMESPACE, name);
    before
        .map(it -> metadata(it, "uid"))
        .filter(it -> now.filter(found -> metadata(found, "uid").equals(it)).isEmpty())
        .ifPresent(it -> live.forget(name, it));
    now.ifPresent(live::keep);
    if (!now.equals(before)) {
      changed.accept(name);
    }
  }

  /**
   * Writes, on top of exactly the version that is known: a request that arrives late, or a decision
   * that is no longer right, changes nothing.
   *
   * @param change what is to be written to the Addon as it is known; empty if nothing
   */
  private void update(
      String name,
      Function<Optional<ObjectNode>, Optional<ObjectNode>> change,
      Function<ObjectNode, ClusterApi.Applied> write) {
    for (int attempt = 1; ; attempt++) {
      Optional<ObjectNode> known = live.find(name);
      Optional<ObjectNode> body = change.apply(known);
      if (body.isEmpty()) {
        return;
      }
      try {
        live.keep(write.apply(onTopOf(known, body.get())).object());
        return;
      } catch (KubernetesClientException e) {
        boolean isAbsent = e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
        boolean isBehind =
            e.getCode() == HttpURLConnection.HTTP_CONFLICT
                || isAbsent && known.isPresent()
                || e.getCode() == INVALID && known.isEmpty();
        if (!isBehind) {
          throw e;
        }
        reload(name);
        Optional<ObjectNode> now = live.find(name);
        if (isAbsent && now.isPresent()) {
          // The definition is that of a K3s which is alive, whose Addons have no status.
          LOG.debug("Addon {}: no status is written", name, e);
          return;
        }
        boolean isSame = now.map(AddonResource::parse).equals(known.map(AddonResource::parse));
        if (!isSame || attempt == MOST_ATTEMPTS) {
          throw new AddonTakenException(name);
        }
      }
    }
  }

  /**
   * The version is checked only if there is an object, so the UID is needed too: nothing comes back
   * to life. Version 0 is that of an object that is not there.
   */
  private static ObjectNode onTopOf(Optional<ObjectNode> known, ObjectNode body) {
    ObjectNode metadata = body.withObjectProperty("metadata");
    metadata.put("resourceVersion", known.map(it -> metadata(it, "resourceVersion")).orElse("0"));
    known.ifPresent(it -> metadata.put("uid", metadata(it, "uid")));
    return body;
  }

  private static ObjectNode identified(String name) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("apiVersion", AddonResource.KIND.apiVersion());
    body.put("kind", AddonResource.KIND.kind());
    body.putObject("metadata").put("name", name).put("namespace", AddonResource.NAMESPACE);
    return body;
  }

  private static JsonNode withoutSources(JsonNode status) {
    return status instanceof ObjectNode object && object.has("sources")
        ? object.deepCopy().without("sources")
        : status;
  }

  /** The reason and message of a condition as it stands in the cluster. */
  public Optional<AddonCondition> condition(String name, String type) {
    JsonNode conditions = knownAs(name).path("status").path("conditions");
    for (JsonNode it : conditions) {
      if (it.path("type").asText().equals(type)) {
        return Optional.of(
            new AddonCondition(
                AddonCondition.Status.of(it.path("status").asText()),
                it.path("reason").asText(),
                it.path("message").asText()));
      }
    }
    return Optional.empty();
  }

  /** Node name of the server that wrote the status of an Addon last; empty if none has. */
  public String instance(String name) {
    return knownAs(name).path("status").path("instance").asText();
  }

  /** Whether its condition Ready has these words. */
  public boolean says(String name, String words) {
    return condition(name, "Ready").filter(it -> it.message().contains(words)).isPresent();
  }

  /**
   * What an Addon tells of the objects.
   *
   * @param observedChecksum SHA-256 of the content that it is about; empty if it tells nothing
   * @param total objects in the cluster that belong to it
   * @param ready those of them that are healthy
   */
  public record ToldStatus(String observedChecksum, int total, int ready) {}

  /** What an Addon tells of its objects, whoever wrote that. */
  public ToldStatus told(String name) {
    JsonNode status = knownAs(name).path("status");
    return new ToldStatus(
        status.path("observedChecksum").asText(),
        status.path("objects").path("total").asInt(),
        status.path("objects").path("ready").asInt());
  }

  /** Whether the Addon says that this very content could not be applied. */
  boolean isFailing(String name, String checksum) {
    return told(name).observedChecksum().equals(checksum)
        && condition(name, "Applied").filter(it -> !it.holds()).isPresent();
  }

  /** Deletes the Addon of that name. */
  public void delete(String name) {
    uid(name)
        .ifPresent(
            uid -> {
              api.delete(AddonResource.KIND, AddonResource.NAMESPACE, name, uid);
              live.forget(name, uid);
            });
  }

  @Override
  public void close() {
    live.close();
  }

  private JsonNode knownAs(String name) {
    return live.find(name)
        .map(JsonNode.class::cast)
        .orElseGet(JsonNodeFactory.instance::missingNode);
  }

  private boolean isParent(ObjectNode known, AddonResource record) {
    JsonNode wanted = record.toJson(tooling).path("metadata");
    JsonNode metadata = known.path("metadata");
    return contains(metadata.path("labels"), wanted.path("labels"))
        && contains(metadata.path("annotations"), wanted.path("annotations"));
  }

  private static boolean contains(JsonNode map, JsonNode part) {
    return part.properties().stream().allMatch(it -> it.getValue().equals(map.get(it.getKey())));
  }
}
