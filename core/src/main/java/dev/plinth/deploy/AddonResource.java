package dev.plinth.deploy;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSortedSet;
import dev.plinth.apply.Membership;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.manifest.ObjectReference;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The record of a manifest in the cluster, {@code k3s.cattle.io/v1 Addon}: as K3s has it, and
 * parent of the ApplySet of its objects (KEP-3659).
 *
 * @param name its name: the file's base name up to the first dot, or the add-on's name if that has
 *     no file
 * @param addon the add-on it belongs to; empty for a user's file
 * @param source absolute path of the file; empty if there is none
 * @param instance node name of the server that applies the file, if that is a user's; else empty
 * @param checksum SHA-256 of the content applied completely last; empty before that
 * @param kinds kinds its members may have, as {@code group/version, Kind=X}; the core group shows
 *     as an empty one, as K3s writes it
 * @param namespaces namespaces besides its own that its members may be in
 */
public record AddonResource(
    String name,
    Optional<String> addon,
    String source,
    String instance,
    String checksum,
    SortedSet<String> kinds,
    SortedSet<String> namespaces) {

  public AddonResource {
    requireNonNull(name, "name");
    requireNonNull(addon, "addon");
    requireNonNull(source, "source");
    requireNonNull(instance, "instance");
    requireNonNull(checksum, "checksum");
    kinds = ImmutableSortedSet.copyOf(kinds);
    namespaces = ImmutableSortedSet.copyOf(namespaces);
  }

  /** Namespace of all Addons. */
  public static final String NAMESPACE = "kube-system";

  /** The kind Addon. */
  public static final ResourceKind KIND =
      new ResourceKind("k3s.cattle.io", "v1", "Addon", "addons", true);

  private static final Pattern RECORDED_KIND =
      Pattern.compile("(?<apiVersion>[^,]+), Kind=(?<kind>.+)");

  /** A kind as it is recorded. */
  public record RecordedKind(String apiVersion, String kind) {}

  /** A record that holds nothing so far. */
  public static AddonResource empty(String name, Optional<String> addon, String source) {
    return new AddonResource(name, addon, source, "", "", new TreeSet<>(), new TreeSet<>());
  }

  /** The record that a live Addon holds, whoever wrote it. */
  public static AddonResource parse(JsonNode live) {
    JsonNode metadata = live.path("metadata");
    JsonNode annotations = metadata.path("annotations");
    return new AddonResource(
        metadata.path("name").asText(),
        Optional.ofNullable(metadata.path("labels").path(Labels.ADDON).asText(null)),
        live.path("spec").path("source").asText(""),
        live.path("spec").path("instance").asText(""),
        live.path("spec").path("checksum").asText(""),
        split(';', annotations.path(Labels.K3S_GVKS).asText("")),
        split(',', annotations.path(Labels.APPLYSET_NAMESPACES).asText("")));
  }

  /** The set its objects belong to. */
  public Membership membership() {
    return new Membership(NAMESPACE, name, addon);
  }

  /** The kinds that are recorded, with their versions. */
  public Collection<RecordedKind> recordedKinds() {
    return kinds.stream()
        .map(RECORDED_KIND::matcher)
        .filter(Matcher::matches)
        .map(
            it -> new RecordedKind(it.group("apiVersion").replaceFirst("^/", ""), it.group("kind")))
        .toList();
  }

  /**
   * This record, as the one of a file of this path that belongs to this add-on, and to no server.
   */
  public AddonResource declaredBy(Optional<String> owner, String path) {
    return declaredBy(owner, path, "");
  }

  /**
   * This record, as the one of a file of this path that belongs to this add-on, or that this server
   * applies.
   */
  AddonResource declaredBy(Optional<String> owner, String path, String server) {
    return new AddonResource(name, owner, path, server, checksum, kinds, namespaces);
  }

  /** This record, where no server can be told. */
  AddonResource ofNoServer() {
    return declaredBy(addon, source, "");
  }

  /** This record, with room for these objects besides those it may hold already. */
  AddonResource widened(Collection<ObjectReference> objects) {
    TreeSet<String> allKinds = new TreeSet<>(kinds);
    TreeSet<String> allNamespaces = new TreeSet<>(namespaces);
    for (ObjectReference object : objects) {
      allKinds.add("%s/%s, Kind=%s".formatted(object.group(), object.version(), object.kind()));
      allNamespaces.add(object.namespace());
    }
    allNamespaces.removeAll(Set.of("", NAMESPACE));
    return new AddonResource(name, addon, source, instance, checksum, allKinds, allNamespaces);
  }

  /** This record, with room for exactly these objects, of a content that is applied completely. */
  AddonResource completed(String appliedChecksum, Collection<ObjectReference> objects) {
    return new AddonResource(
            name, addon, source, instance, appliedChecksum, new TreeSet<>(), new TreeSet<>())
        .widened(objects);
  }

  /** What is applied for this record. */
  ObjectNode toJson(String tooling) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("apiVersion", KIND.apiVersion()).put("kind", KIND.kind());
    ObjectNode metadata = body.putObject("metadata");
    metadata.put("name", name).put("namespace", NAMESPACE);
    ObjectNode labels = metadata.putObject("labels");
    labels.put(Labels.APPLYSET_ID, membership().applySetId());
    addon.ifPresent(it -> labels.put(Labels.ADDON, it));
    metadata
        .putObject("annotations")
        .put(Labels.APPLYSET_TOOLING, tooling)
        .put(Labels.APPLYSET_GROUP_KINDS, groupKinds())
        .put(Labels.APPLYSET_NAMESPACES, String.join(",", namespaces))
        .put(Labels.K3S_GVKS, String.join(";", kinds));
    ObjectNode spec = body.putObject("spec");
    spec.put("source", source);
    if (!instance.isEmpty()) {
      spec.put("instance", instance);
    }
    if (!checksum.isEmpty()) {
      spec.put("checksum", checksum);
    }
    return body;
  }

  private String groupKinds() {
    return recordedKinds().stream()
        .map(
            it -> {
              int slash = it.apiVersion().indexOf('/');
              return slash < 0 ? it.kind() : it.kind() + "." + it.apiVersion().substring(0, slash);
            })
        .distinct()
        .sorted()
        .collect(Collectors.joining(","));
  }

  private static SortedSet<String> split(char separator, String list) {
    return new TreeSet<>(Splitter.on(separator).trimResults().omitEmptyStrings().splitToList(list));
  }
}
