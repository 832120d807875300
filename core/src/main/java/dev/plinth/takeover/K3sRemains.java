package dev.plinth.takeover;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Ticker;
import dev.plinth.addon.Addon;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.addon.Selection;
import dev.plinth.addon.Selection.Selected;
import dev.plinth.apply.K3sObjects;
import dev.plinth.apply.K3sObjects.Found;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Discovery;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.config.ServerConfig;
import dev.plinth.deploy.AddonAdoption;
import dev.plinth.deploy.AddonResource;
import dev.plinth.deploy.AddonResources;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.plan.Plan;
import dev.plinth.plan.PlannedChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a K3s has left in a cluster, and what becomes of it.
 *
 * @param adoptable Addons that become Plinth's, with their objects
 * @param removable what nobody needs any more
 * @param left what stays as it is, with the reason
 */
record K3sRemains(List<Adoptable> adoptable, List<Removable> removable, List<PlannedChange> left) {

  private static final String HELM_CHART = "helm.cattle.io/v1, Kind=HelmChart";

  /** Kinds of which K3s's controllers make objects, for Services and HelmCharts. */
  private static final List<ResourceKind> KINDS =
      List.of(
          new ResourceKind("batch", "v1", "Job", "jobs", true),
          new ResourceKind("apps", "v1", "DaemonSet", "daemonsets", true),
          new ResourceKind(
              "rbac.authorization.k8s.io",
              "v1",
              "ClusterRoleBinding",
              "clusterrolebindings",
              false),
          new ResourceKind("", "v1", "ServiceAccount", "serviceaccounts", true),
          new ResourceKind("", "v1", "ConfigMap", "configmaps", true),
          new ResourceKind("", "v1", "Secret", "secrets", true));

  /** An Addon that becomes Plinth's. */
  record Adoptable(AddonResource record, List<Found> objects) {}

  /**
   * An object that goes.
   *
   * @param owner what K3s had it for
   */
  record Removable(String owner, ResourceKind kind, ObjectReference object, String uid) {}

  /** Looks; writes nothing. */
  static K3sRemains find(ClusterApi api, ServerConfig config, Selection selection) {
    List<Adoptable> adoptable = new ArrayList<>();
    List<Removable> removable = new ArrayList<>();
    List<PlannedChange> left = new ArrayList<>();
    Discovery discovery = new Discovery(api);
    K3sObjects objects = new K3sObjects(api, Ticker.systemTicker());
    Map<String, Selected> packaged = packaged(config, selection);
    for (JsonNode live : addons(api, discovery)) {
      AddonResource record = AddonResource.parse(live);
      Optional<Selected> owner = Optional.ofNullable(packaged.get(record.name()));
      if (owner.filter(Selected::enabled).isPresent()) {
        left.add(
            change(
                record.name(),
                referenceTo(record),
                Change.LEAVE,
                "adopted by the add-on '%s' when a server starts"
                    .formatted(owner.get().addon().name())));
      } else {
        AddonResource ours = record.declaredBy(owner.map(it -> it.addon().name()), record.source());
        Set<ResourceKind> kinds = new LinkedHashSet<>();
        record.recordedKinds().stream()
            .flatMap(it -> discovery.find(it.apiVersion(), it.kind()).stream())
            .forEach(kinds::add);
        adoptable.add(new Adoptable(ours, objects.of(ours.membership(), kinds)));
      }
    }
    sortOut(objects.notAddons(KINDS), removable, left);
    return new K3sRemains(adoptable, removable, left);
  }

  /** True if there is nothing to do. */
  boolean isEmpty() {
    return adoptable.isEmpty() && removable.isEmpty();
  }

  /**
   * What is done, object by object.
   *
   * @param failures what was tried without success
   */
  Plan plan(List<PlannedChange> failures) {
    Map<ObjectReference, PlannedChange> failed = new HashMap<>();
    failures.forEach(it -> failed.put(it.preview().object(), it));
    List<PlannedChange> changes = new ArrayList<>();
    for (Adoptable addon : adoptable) {
      String name = addon.record().name();
      changes.add(change(name, referenceTo(addon.record()), Change.CHANGE, "adopted from K3s"));
      for (Found found : addon.objects()) {
        changes.add(
            change(name, AddonAdoption.referenceTo(found), Change.CHANGE, "adopted from K3s"));
      }
    }
    removable.forEach(
        it ->
            changes.add(
                change(it.owner(), it.object(), Change.DELETE, "K3s's Helm controller needed it")));
    changes.addAll(left);
    return new Plan(
        changes.stream().map(it -> failed.getOrDefault(it.preview().object(), it)).toList(),
        List.of());
  }

  /** The Addons that each add-on packages, enabled or not. */
  private static Map<String, Selected> packaged(ServerConfig config, Selection selection) {
    Map<String, Selected> packaged = new HashMap<>();
    for (Selected selected : selection.addons()) {
      Addon addon = selected.addon();
      for (PackagedManifest manifest : addon.manifests(config)) {
        packaged.put(manifest.addonResourceName(), selected);
      }
    }
    return packaged;
  }

  private static List<JsonNode> addons(ClusterApi api, Discovery discovery) {
    List<JsonNode> found = new ArrayList<>();
    if (discovery.serves(AddonResource.KIND.apiVersion())) {
      api.get(AddonResource.KIND.path(AddonResource.NAMESPACE))
          .ifPresent(list -> list.path("items").forEach(found::add));
    }
    found.removeIf(it -> !AddonResources.isOfK3s(it));
    return found;
  }

  /** A Job that still runs keeps what it needs. */
  private static void sortOut(
      List<Found> others, List<Removable> removable, List<PlannedChange> left) {
    Set<String> running = new HashSet<>();
    for (Found it : others) {
      if (it.live().path("status").path("active").asInt() > 0) {
        running.add(hash(it.live()));
      }
    }
    for (Found it : others) {
      JsonNode annotations = it.live().path("metadata").path("annotations");
      String owner = annotations.path(Labels.K3S_OWNER_NAME).asText("");
      ObjectReference reference = AddonAdoption.referenceTo(it);
      boolean ofHelm = annotations.path(Labels.K3S_OWNER_KIND).asText("").equals(HELM_CHART);
      if (!ofHelm) {
        left.add(
            change(
                owner,
                reference,
                Change.LEAVE,
                "adopted by whatever add-on takes care of the %s that has it"
                    .formatted(
                        annotations
                            .path(Labels.K3S_OWNER_KIND)
                            .asText("object")
                            .replaceFirst(".*Kind=", ""))));
      } else if (running.contains(hash(it.live()))) {
        left.add(
            change(owner, reference, Change.LEAVE, "its Job still runs; take over again after it"));
      } else {
        removable.add(
            new Removable(
                owner, it.kind(), reference, it.live().path("metadata").path("uid").asText()));
      }
    }
  }

  private static String hash(ObjectNode live) {
    return live.path("metadata").path("labels").path(Labels.K3S_HASH).asText();
  }

  private static ObjectReference referenceTo(AddonResource record) {
    return new ObjectReference(
        AddonResource.KIND.apiVersion(),
        AddonResource.KIND.kind(),
        AddonResource.NAMESPACE,
        record.name());
  }

  private static PlannedChange change(
      String owner, ObjectReference object, Change change, String message) {
    return new PlannedChange(owner, new ObjectPreview(object, change, true, List.of(), message));
  }
}
