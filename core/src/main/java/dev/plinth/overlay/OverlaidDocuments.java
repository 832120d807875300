package dev.plinth.overlay;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.ManifestProblem;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.manifest.SourceLocation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What an add-on declares, with overlays laid over it. Immutable: each file that is added makes a
 * new one.
 */
public final class OverlaidDocuments {

  private static final int NAMED = 10;

  private final List<ManifestDocument> declared;
  private final Map<SourceLocation, ObjectNode> changed;
  private final Map<SourceLocation, SortedSet<String>> origins;

  private OverlaidDocuments(
      List<ManifestDocument> declared,
      Map<SourceLocation, ObjectNode> changed,
      Map<SourceLocation, SortedSet<String>> origins) {
    this.declared = declared;
    this.changed = changed;
    this.origins = origins;
  }

  /**
   * Without any overlay.
   *
   * @param declared all documents of all manifests of the add-on
   */
  public static OverlaidDocuments of(List<ManifestDocument> declared) {
    return new OverlaidDocuments(List.copyOf(declared), Map.of(), Map.of());
  }

  /** These documents, which are among those declared, with the overlays laid over them. */
  public List<ManifestDocument> over(List<ManifestDocument> documents) {
    return documents.stream()
        .map(
            it ->
                changed.containsKey(it.location())
                    ? new ManifestDocument(changed.get(it.location()), it.location())
                    : it)
        .toList();
  }

  /** The overlays that change this object, as {@link OverlayFile#source()}. */
  public SortedSet<String> originsOf(ObjectReference object) {
    OverlayTarget target =
        new OverlayTarget(
            Optional.of(object.apiVersion()),
            object.kind(),
            Optional.of(object.namespace()).filter(it -> !it.isEmpty()),
            object.name());
    return declared.stream()
        .filter(it -> target.matches(it.reference()))
        .flatMap(it -> origins.getOrDefault(it.location(), new TreeSet<>()).stream())
        .collect(toCollection(TreeSet::new));
  }

  /** Places of the documents that an overlay changes. */
  public Set<SourceLocation> places() {
    return Set.copyOf(origins.keySet());
  }

  /** Places of the documents that are other ones here than there. */
  public Set<SourceLocation> placesThatDiffer(OverlaidDocuments there) {
    Set<SourceLocation> places = new HashSet<>(changed.keySet());
    places.addAll(there.changed.keySet());
    places.removeIf(it -> Objects.equals(changed.get(it), there.changed.get(it)));
    return places;
  }

  /**
   * These documents with one more overlay laid over them: all of it, or none.
   *
   * @throws ManifestException if it cannot be read, has a patch for an object that is not declared,
   *     or one that cannot be applied; with all that is wrong
   */
  public OverlaidDocuments with(OverlayFile file) {
    Map<SourceLocation, ObjectNode> results = new HashMap<>(changed);
    Map<SourceLocation, SortedSet<String>> files = new HashMap<>(origins);
    List<ManifestProblem> problems = new ArrayList<>();
    for (OverlayPatch patch : OverlayReader.read(file)) {
      try {
        for (ManifestDocument document : documentsFor(patch)) {
          SourceLocation place = document.location();
          ObjectNode before = results.getOrDefault(place, document.content());
          results.put(place, patched(patch, before, document));
          files.merge(place, new TreeSet<>(Set.of(file.source())), OverlaidDocuments::union);
        }
      } catch (ManifestException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new ManifestException(file.source(), problems);
    }
    return new OverlaidDocuments(declared, results, files);
  }

  private List<ManifestDocument> documentsFor(OverlayPatch patch) {
    List<ManifestDocument> matching =
        declared.stream().filter(it -> patch.target().matches(it.reference())).toList();
    if (matching.isEmpty()) {
      throw problem(
          patch,
          "the add-on declares no %s; it declares %s".formatted(patch.target(), list(declared)));
    }
    if (matching.stream().map(ManifestDocument::reference).distinct().count() > 1) {
      throw problem(
          patch,
          "found several objects that are meant: %s; name the namespace, and in a target the"
                  .formatted(list(matching))
              + " apiVersion");
    }
    return matching;
  }

  private static ObjectNode patched(
      OverlayPatch patch, ObjectNode before, ManifestDocument document) {
    ObjectNode after = patch.applyTo(before);
    ObjectReference identity = new ManifestDocument(after, document.location()).reference();
    if (!identity.equals(document.reference())) {
      throw problem(
          patch,
          "found a change of apiVersion, kind, metadata.name or metadata.namespace, which tell"
              + " which object it is");
    }
    return after;
  }

  private static ManifestException problem(OverlayPatch patch, String message) {
    return new ManifestException(
        patch.location().source(), List.of(new ManifestProblem(patch.location(), "", message)));
  }

  private static String list(List<ManifestDocument> documents) {
    if (documents.isEmpty()) {
      return "no objects at all";
    }
    String named =
        documents.stream()
            .map(it -> it.reference().toString())
            .distinct()
            .limit(NAMED)
            .collect(joining(", "));
    return documents.size() > NAMED ? named + " and others" : named;
  }

  private static SortedSet<String> union(SortedSet<String> some, SortedSet<String> others) {
    SortedSet<String> all = new TreeSet<>(some);
    all.addAll(others);
    return all;
  }
}
