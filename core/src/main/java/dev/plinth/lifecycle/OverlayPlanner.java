package dev.plinth.lifecycle;

import dev.plinth.apply.FieldChange;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.files.ManifestFile;
import dev.plinth.files.ManifestListing;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.overlay.OverlayCopy;
import dev.plinth.overlay.OverlayMaps;
import dev.plinth.overlay.OverlayProblem;
import dev.plinth.overlay.OverlaySet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Plans what a start would do about the overlays on disk, as {@link OverlayFiles} would find them.
 * Looks at the directory once, when it is made; the ConfigMaps of overlays are known.
 */
final class OverlayPlanner {

  private final OverlayMaps maps;
  private final String fieldManager;
  private final OverlayTree tree;
  private final List<String> warnings = new ArrayList<>();

  /**
   * @param root the overlays directory, absolute
   * @param addons names of the add-ons there are
   * @param nodeName of the server
   */
  OverlayPlanner(Path root, Set<String> addons, String nodeName, Engine engine) {
    this.maps = engine.overlayMaps();
    this.fieldManager = OverlayMaps.fieldManager(nodeName);
    ManifestListing listing = ManifestListing.of(root, it -> false);
    if (Files.exists(root)) {
      listing
          .unreadable()
          .forEach(
              (directory, problem) ->
                  warnings.add("%s %s".formatted(root.resolve(directory), problem)));
    }
    this.tree =
        OverlayTree.of(
            root,
            listing.files(),
            addons,
            it -> engine.addons().find(it).filter(addon -> addon.addon().isEmpty()).isPresent());
    warnings.addAll(tree.warnings());
  }

  /** The overlays of an add-on after the start. */
  OverlaySet overlaysOf(String addon) {
    OverlayCopy copy = copy(addon);
    return copy.fits() ? new OverlaySet(copy.result(), maps.of(addon).inForce()) : maps.of(addon);
  }

  /** What would become of the ConfigMap of an add-on's overlays; empty if there is none. */
  Optional<ObjectPreview> preview(String addon) {
    OverlayCopy copy = copy(addon);
    if (!copy.needed() || !copy.fits()) {
      return Optional.empty();
    }
    boolean exists = maps.find(addon).isPresent();
    Change change = copy.isLast() ? Change.DELETE : exists ? Change.CHANGE : Change.CREATE;
    return Optional.of(
        new ObjectPreview(
            new ObjectReference(
                "v1", "ConfigMap", OverlayMaps.NAMESPACE, OverlayMaps.nameOf(addon)),
            change,
            false,
            change == Change.CHANGE ? fields(addon, copy) : List.of(),
            ""));
  }

  /** What the operator should know besides. */
  List<String> warnings() {
    return warnings.stream().distinct().toList();
  }

  private List<FieldChange> fields(String addon, OverlayCopy copy) {
    return FieldChange.between(
        maps.find(addon).orElseThrow().path("data"), OverlayMaps.dataOf(copy.result()), false);
  }

  private OverlayCopy copy(String addon) {
    SortedMap<String, String> files = new TreeMap<>();
    for (ManifestFile file : tree.byAddon().getOrDefault(addon, List.of())) {
      if (!file.skipped()) {
        read(addon, file).ifPresent(it -> files.put(nameOf(addon, file), it));
      }
    }
    OverlayCopy copy = OverlayCopy.of(addon, maps.find(addon), fieldManager, files, Set.of());
    copy.problems().stream().map(OverlayProblem::message).forEach(warnings::add);
    return copy;
  }

  private Optional<String> read(String addon, ManifestFile file) {
    try {
      OverlayText text =
          OverlayText.of(addon, nameOf(addon, file), Files.readAllBytes(file.location()));
      text.problem().map(OverlayProblem::message).ifPresent(warnings::add);
      return text.content();
    } catch (IOException e) {
      warnings.add("%s: cannot be read: %s".formatted(file.location(), e.getMessage()));
      return Optional.empty();
    }
  }

  private static String nameOf(String addon, ManifestFile file) {
    return file.path().path().substring(addon.length() + 1);
  }
}
