package dev.plinth.lifecycle;

import static java.util.stream.Collectors.toSet;

import dev.plinth.addon.Addon;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.addon.Selection;
import dev.plinth.addon.Selection.Selected;
import dev.plinth.config.ServerConfig;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.manifest.StagedManifest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What the enabled add-ons of a server declare, rendered once, and those that are blocked and left
 * to other controllers.
 */
final class Declarations {

  private final Map<String, List<PackagedManifest>> manifests = new ConcurrentSkipListMap<>();
  private final ServerConfig config;
  private final ManifestStaging staging;

  /**
   * @param selection which add-ons run
   * @param config what their manifests are rendered for
   * @param staging where they lie on disk
   * @throws RuntimeException if an add-on's manifests cannot be rendered
   * @throws IllegalStateException if two of them have one Addon, so that each would remove the
   *     objects of the other
   */
  Declarations(Selection selection, ServerConfig config, ManifestStaging staging) {
    this.config = config;
    this.staging = staging;
    for (Selected selected : selection.addons()) {
      if (selected.enabled()) {
        manifests.put(selected.addon().name(), List.copyOf(selected.addon().manifests(config)));
      }
    }
    refuseSharedNames();
  }

  /**
   * Declares what an add-on ships that is blocked.
   *
   * @throws RuntimeException as the constructor
   */
  void include(Addon blocked) {
    manifests.put(blocked.name(), List.copyOf(blocked.manifests(config)));
    refuseSharedNames();
  }

  /**
   * Declares what these ship and nothing else.
   *
   * @throws RuntimeException as the constructor; then what was declared before still is
   */
  void become(Collection<Addon> addons) {
    Map<String, List<PackagedManifest>> before = Map.copyOf(manifests);
    try {
      for (Addon addon : addons) {
        manifests.computeIfAbsent(addon.name(), it -> List.copyOf(addon.manifests(config)));
      }
      manifests.keySet().retainAll(addons.stream().map(Addon::name).collect(toSet()));
      refuseSharedNames();
    } catch (RuntimeException e) {
      manifests.putAll(before);
      manifests.keySet().retainAll(before.keySet());
      throw e;
    }
  }

  private void refuseSharedNames() {
    Map<String, String> owners = new HashMap<>();
    manifests.forEach(
        (addon, files) -> {
          if (files.isEmpty()) {
            claim(owners, addon, "add-on '%s', which has no file".formatted(addon));
          }
          for (PackagedManifest it : files) {
            claim(owners, it.addonResourceName(), "%s of add-on '%s'".formatted(it.file(), addon));
          }
        });
  }

  private static void claim(Map<String, String> owners, String addonResource, String owner) {
    String first = owners.putIfAbsent(addonResource, owner);
    if (first != null) {
      throw new IllegalStateException(
          "Addon %s would belong to %s and to %s: an Addon has the base name of its file up to the first dot, so rename one of the files"
              .formatted(addonResource, first, owner));
    }
  }

  /** All of it, as it is to lie on disk. */
  List<StagedManifest> toStage() {
    List<StagedManifest> all = new ArrayList<>();
    manifests.forEach(
        (addon, files) ->
            files.forEach(it -> all.add(new StagedManifest(it.file(), it.content(), addon))));
    return all;
  }

  /** Whether a file that is shipped now, wherever it lies, has this Addon. */
  boolean have(String addonResource) {
    return manifests.values().stream()
        .flatMap(List::stream)
        .anyMatch(it -> it.addonResourceName().equals(addonResource));
  }

  /** Whether an Addon of this name is an add-on's, also of one without files. */
  boolean reserve(String addonResource) {
    List<PackagedManifest> own = manifests.get(addonResource);
    return have(addonResource) || own != null && own.isEmpty();
  }

  /**
   * What an add-on declares in the cluster now: its files without those that are skipped, or one
   * declaration without source and content if it has no files.
   */
  List<DeclaredManifest> of(Addon addon) {
    List<PackagedManifest> files = manifests.get(addon.name());
    if (files.isEmpty()) {
      return List.of(new DeclaredManifest(addon.name(), Optional.of(addon.name()), "", ""));
    }
    return files.stream()
        .filter(it -> !staging.isSkipped(it.file()))
        .map(
            it ->
                new DeclaredManifest(
                    it.addonResourceName(),
                    Optional.of(addon.name()),
                    staging.manifestsDirectory().resolve(it.file()).toAbsolutePath().toString(),
                    it.content()))
        .toList();
  }
}
