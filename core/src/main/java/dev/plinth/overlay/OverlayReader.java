package dev.plinth.overlay;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.ManifestParser;
import dev.plinth.manifest.ManifestProblem;
import dev.plinth.manifest.SourceLocation;
import dev.plinth.manifest.YamlTree;
import dev.plinth.manifest.YamlTree.Mapping;
import dev.plinth.manifest.YamlTree.Member;
import dev.plinth.manifest.YamlTree.Scalar;
import dev.plinth.manifest.YamlTree.Sequence;
import dev.plinth.overlay.OperationsPatch.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the documents of an overlay: those with a {@code target} are JSON patches, all others JSON
 * merge patches. Finds all that is wrong with a file, not only the first; quotes no value.
 */
final class OverlayReader {

  private static final Map<String, Set<String>> MEMBERS_OF_OPERATIONS =
      Map.of(
          "add", Set.of("op", "path", "value"),
          "replace", Set.of("op", "path", "value"),
          "test", Set.of("op", "path", "value"),
          "remove", Set.of("op", "path"),
          "move", Set.of("op", "path", "from"),
          "copy", Set.of("op", "path", "from"));

  /** What tells which object it is cannot be changed. */
  private static final Set<String> IDENTITY =
      Set.of("", "/apiVersion", "/kind", "/metadata", "/metadata/name", "/metadata/namespace");

  private final String source;
  private final List<ManifestProblem> problems = new ArrayList<>();
  private final List<OverlayPatch> patches = new ArrayList<>();

  private OverlayReader(String source) {
    this.source = source;
  }

  /**
   * The patches of a file, in its order; empty if it has none.
   *
   * @throws ManifestException if it cannot be used
   */
  static List<OverlayPatch> read(OverlayFile file) {
    OverlayReader reader = new OverlayReader(file.source());
    for (YamlTree document : new ManifestParser().documents(file.source(), file.content())) {
      reader.read(document);
    }
    if (!reader.problems.isEmpty()) {
      throw new ManifestException(file.source(), reader.problems);
    }
    return List.copyOf(reader.patches);
  }

  private void read(YamlTree document) {
    int before = problems.size();
    Optional<Mapping> mapping = mapping(document, "");
    if (mapping.isEmpty()) {
      return;
    }
    Map<String, Member> members = mapping.get().members();
    boolean isMerge = !members.containsKey("target") && !members.containsKey("patch");
    Optional<OverlayPatch> patch = isMerge ? merge(mapping.get()) : operations(mapping.get());
    patch.filter(it -> problems.size() == before).ifPresent(patches::add);
  }

  private Optional<OverlayPatch> merge(Mapping document) {
    Optional<String> apiVersion = required(document, "apiVersion", "");
    Optional<Mapping> metadata = inner(document, "metadata", "");
    Optional<OverlayTarget> target =
        metadata.flatMap(it -> target(document, "", it, "metadata.", apiVersion));
    ObjectNode changes = (ObjectNode) document.toJson();
    changes.remove(List.of("apiVersion", "kind"));
    if (changes.path("metadata") instanceof ObjectNode rest) {
      rest.remove(List.of("name", "namespace"));
      if (rest.isEmpty()) {
        changes.remove("metadata");
      }
    }
    if (changes.isEmpty()) {
      report(document.location(), "", "found no field to change");
    }
    return target.map(it -> new MergePatch(it, document.location(), changes));
  }

  private Optional<OverlayPatch> operations(Mapping document) {
    refuseOthers(document, Set.of("target", "patch"), "");
    Optional<OverlayTarget> target =
        inner(document, "target", "")
            .flatMap(
                it -> {
                  refuseOthers(it, Set.of("apiVersion", "kind", "name", "namespace"), "target.");
                  return target(
                      it, "target.", it, "target.", optional(it, "apiVersion", "target."));
                });
    Member patch = document.members().get("patch");
    if (patch == null) {
      report(document.location(), "patch", "missing, expected a list of operations");
      return Optional.empty();
    }
    if (!(patch.value() instanceof Sequence sequence)) {
      report(
          patch.value().location(),
          "patch",
          "found %s, expected a list of operations".formatted(patch.value().typeName()));
      return Optional.empty();
    }
    if (sequence.items().isEmpty()) {
      report(sequence.location(), "patch", "found no operation");
    }
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < sequence.items().size(); i++) {
      operation(sequence.items().get(i), "patch[%d]".formatted(i)).ifPresent(operations::add);
    }
    return target.map(it -> new OperationsPatch(it, document.location(), operations));
  }

  private Optional<OverlayTarget> target(
      Mapping object, String path, Mapping names, String namesPath, Optional<String> apiVersion) {
    Optional<String> kind = required(object, "kind", path);
    Optional<String> name = required(names, "name", namesPath);
    Optional<String> namespace = optional(names, "namespace", namesPath);
    kind.filter("Secret"::equals)
        .ifPresent(
            it ->
                report(
                    object.members().get("kind").value().location(),
                    path + "kind",
                    "found Secret: overlays are kept in a ConfigMap, where more people may read"
                        + " them, so there are none for Secrets"));
    return kind.isPresent() && name.isPresent()
        ? Optional.of(new OverlayTarget(apiVersion, kind.get(), namespace, name.get()))
        : Optional.empty();
  }

  private Optional<Operation> operation(YamlTree item, String path) {
    int before = problems.size();
    Optional<Mapping> mapping = mapping(item, path);
    Optional<String> op = mapping.flatMap(it -> required(it, "op", path + "."));
    if (op.isEmpty()) {
      return Optional.empty();
    }
    Mapping operation = mapping.get();
    Set<String> members = MEMBERS_OF_OPERATIONS.get(op.get());
    if (members == null) {
      report(
          operation.members().get("op").value().location(),
          path + ".op",
          "found no operation, expected add, remove, replace, move, copy or test");
      return Optional.empty();
    }
    refuseOthers(operation, members, path + ".");
    boolean changesPath = !op.get().equals("test");
    pointer(operation, "path", path, changesPath);
    if (members.contains("from")) {
      pointer(operation, "from", path, op.get().equals("move"));
    }
    if (members.contains("value") && !operation.members().containsKey("value")) {
      report(operation.location(), path + ".value", "missing");
    }
    return problems.size() > before
        ? Optional.empty()
        : Optional.of(new Operation((ObjectNode) operation.toJson(), operation.location()));
  }

  private void pointer(Mapping operation, String field, String path, boolean changed) {
    Member member = operation.members().get(field);
    if (member == null
        || !(member.value() instanceof Scalar scalar)
        || !scalar.value().isTextual()) {
      required(operation, field, path + ".");
      return;
    }
    String pointer = scalar.value().asText();
    SourceLocation place = scalar.location();
    try {
      JsonPointer.compile(pointer);
    } catch (IllegalArgumentException e) {
      report(place, path + "." + field, "found no JSON pointer, expected one like /spec/replicas");
      return;
    }
    if (pointer.matches("(?s).*~(?![01]).*")) {
      report(
          place,
          path + "." + field,
          "found a '~' that is neither ~0, which stands for '~', nor ~1, which stands for '/'");
    } else if (changed && IDENTITY.contains(pointer)) {
      report(
          place,
          path + "." + field,
          "found what tells which object it is, which an overlay cannot change");
    }
  }

  private Optional<Mapping> inner(Mapping mapping, String field, String path) {
    Member member = mapping.members().get(field);
    if (member == null) {
      report(mapping.location(), path + field, "missing, expected a mapping");
      return Optional.empty();
    }
    return mapping(member.value(), path + field);
  }

  private Optional<Mapping> mapping(YamlTree value, String path) {
    if (value instanceof Mapping mapping) {
      return Optional.of(mapping);
    }
    report(value.location(), path, "found %s, expected a mapping".formatted(value.typeName()));
    return Optional.empty();
  }

  private Optional<String> required(Mapping mapping, String field, String path) {
    if (!mapping.members().containsKey(field)) {
      report(mapping.location(), path + field, "missing, expected a string");
      return Optional.empty();
    }
    return optional(mapping, field, path);
  }

  private Optional<String> optional(Mapping mapping, String field, String path) {
    Member member = mapping.members().get(field);
    if (member == null) {
      return Optional.empty();
    }
    boolean isText = member.value() instanceof Scalar scalar && scalar.value().isTextual();
    String text = isText ? ((Scalar) member.value()).value().asText() : "";
    if (text.isEmpty()) {
      report(
          member.value().location(),
          path + field,
          isText
              ? "found an empty string"
              : "found %s, expected a string".formatted(member.value().typeName()));
      return Optional.empty();
    }
    return Optional.of(text);
  }

  private void refuseOthers(Mapping mapping, Set<String> known, String path) {
    mapping
        .members()
        .forEach(
            (key, member) -> {
              if (!known.contains(key)) {
                report(
                    member.key(),
                    path.replaceFirst("\\.$", ""),
                    "found an unknown key, expected %s"
                        .formatted(String.join(", ", known.stream().sorted().toList())));
              }
            });
  }

  private void report(SourceLocation place, String field, String message) {
    problems.add(new ManifestProblem(place, field, message));
  }
}
