package dev.plinth.manifest;

import dev.plinth.manifest.Value.Mapping;
import dev.plinth.manifest.Value.Member;
import dev.plinth.manifest.Value.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Finds the objects in documents, takes lists apart, and checks what every object needs. */
final class ObjectExtractor {

  private static final String API_VERSION = "apiVersion";
  private static final String KIND = "kind";
  private static final String LIST = "List";
  private static final String ITEMS = "items";
  private static final String METADATA = "metadata";

  private final String source;
  private final ManifestLimits limits;
  private final List<ManifestProblem> problems;
  private final List<ManifestDocument> objects = new ArrayList<>();
  private final Map<Identity, SourceLocation> declared = new HashMap<>();

  /**
   * @param problems takes what is wrong
   */
  ObjectExtractor(String source, ManifestLimits limits, List<ManifestProblem> problems) {
    this.source = source;
    this.limits = limits;
    this.problems = problems;
  }

  List<ManifestDocument> extract(List<Value> documents) {
    documents.forEach(document -> extract(document, FieldPath.ROOT));
    if (objects.size() > limits.objects()) {
      ManifestDocument first = objects.get(limits.objects());
      problems.add(
          new ManifestProblem(
              first.location(),
              "",
              "found more than %d objects in one file".formatted(limits.objects())));
    }
    return List.copyOf(objects);
  }

  private void extract(Value value, FieldPath path) {
    if (!(value instanceof Mapping mapping)) {
      report(value.position(), path, "found %s, expected an object".formatted(value.typeName()));
    } else if (isList(mapping)) {
      extractItems(mapping, path);
    } else if (isObject(mapping, path)) {
      ManifestDocument object =
          new ManifestDocument(mapping.toJson(), mapping.position().in(source));
      refuseDuplicate(object, path);
      objects.add(object);
    }
  }

  private static boolean isList(Mapping mapping) {
    Optional<String> kind = text(mapping, KIND);
    return kind.filter(LIST::equals).isPresent()
        || kind.filter(k -> k.endsWith(LIST)).isPresent() && mapping.members().containsKey(ITEMS);
  }

  private void extractItems(Mapping list, FieldPath path) {
    Member items = list.members().get(ITEMS);
    requireText(list, API_VERSION, path);
    if (items == null) {
      report(list.position(), path.key(ITEMS), "missing, expected a sequence of objects");
    } else if (items.value() instanceof Sequence sequence) {
      int index = 0;
      for (Value item : sequence.items()) {
        extract(withTypeOfList(item, list), path.key(ITEMS).index(index++));
      }
    } else if (!items.value().isNull()) {
      report(
          items.value().position(),
          path.key(ITEMS),
          "found %s, expected a sequence of objects".formatted(items.value().typeName()));
    }
  }

  /** Items of a typed list, as the API server answers it, need not repeat their type. */
  private static Value withTypeOfList(Value item, Mapping list) {
    String listKind = text(list, KIND).orElseThrow();
    if (!(item instanceof Mapping mapping)
        || listKind.equals(LIST)
        || mapping.members().containsKey(KIND)
        || mapping.members().containsKey(API_VERSION)) {
      return item;
    }
    Member kind = list.members().get(KIND);
    String itemKind = listKind.substring(0, listKind.length() - LIST.length());
    Map<String, Member> members = new LinkedHashMap<>();
    members.put(API_VERSION, list.members().get(API_VERSION));
    members.put(
        KIND,
        new Member(
            kind.key(), new Value.Scalar(kind.value().position(), new GoScalar.Text(itemKind))));
    members.putAll(mapping.members());
    return Mapping.of(mapping.position(), members);
  }

  private boolean isObject(Mapping object, FieldPath path) {
    int before = problems.size();
    requireText(object, API_VERSION, path);
    requireText(object, KIND, path);
    check(object, API_VERSION, path, ObjectNames::wrongInApiVersion);
    check(object, KIND, path, ObjectNames::wrongInKind);
    Member metadata = object.members().get(METADATA);
    FieldPath metadataPath = path.key(METADATA);
    if (metadata == null || metadata.value().isNull()) {
      report(object.position(), metadataPath.key("name"), "missing, expected a string");
    } else if (metadata.value() instanceof Mapping fields) {
      checkMetadata(fields, metadataPath);
    } else {
      report(
          metadata.value().position(),
          metadataPath,
          "found %s, expected a mapping".formatted(metadata.value().typeName()));
    }
    return problems.size() == before;
  }

  private void checkMetadata(Mapping metadata, FieldPath path) {
    Member generateName = metadata.members().get("generateName");
    if (generateName != null && !metadata.members().containsKey("name")) {
      report(
          generateName.key(),
          path.key("generateName"),
          "found a generated name, which would make a new object each time: set metadata.name");
    } else {
      requireText(metadata, "name", path);
      check(metadata, "name", path, ObjectNames::wrongInName);
    }
    Member namespace = metadata.members().get("namespace");
    if (namespace != null && !namespace.value().isNull()) {
      checkText(namespace.value(), path.key("namespace"));
      check(metadata, "namespace", path, ObjectNames::wrongInNamespace);
    }
    checkTexts(metadata, "labels", path);
    checkTexts(metadata, "annotations", path);
  }

  /** No API server takes labels or annotations of another type. */
  private void checkTexts(Mapping metadata, String field, FieldPath path) {
    Member member = metadata.members().get(field);
    if (member == null || member.value().isNull()) {
      return;
    }
    if (member.value() instanceof Mapping texts) {
      texts
          .members()
          .forEach(
              (key, text) -> {
                if (!text.value().isNull()) {
                  checkText(text.value(), path.key(field).key(key));
                }
              });
    } else {
      report(
          member.value().position(),
          path.key(field),
          "found %s, expected a mapping".formatted(member.value().typeName()));
    }
  }

  private void requireText(Mapping object, String field, FieldPath path) {
    Member member = object.members().get(field);
    if (member == null) {
      report(object.position(), path.key(field), "missing, expected a string");
    } else if (text(object, field).filter(String::isEmpty).isPresent()) {
      report(member.value().position(), path.key(field), "found an empty string");
    } else {
      checkText(member.value(), path.key(field));
    }
  }

  private void checkText(Value value, FieldPath path) {
    if (!(value instanceof Value.Scalar scalar && scalar.scalar() instanceof GoScalar.Text)) {
      String advice = value instanceof Value.Scalar && !value.isNull() ? ": quote it" : "";
      report(
          value.position(),
          path,
          "found %s, expected a string%s".formatted(value.typeName(), advice));
    }
  }

  /** Says what is wrong with a text that is there; that it has to be is said elsewhere. */
  private void check(
      Mapping mapping, String field, FieldPath path, Function<String, Optional<String>> rule) {
    text(mapping, field)
        .filter(text -> !text.isEmpty())
        .flatMap(rule)
        .ifPresent(
            wrong ->
                report(mapping.members().get(field).value().position(), path.key(field), wrong));
  }

  private void refuseDuplicate(ManifestDocument object, FieldPath path) {
    ObjectReference reference = object.reference();
    SourceLocation first = declared.putIfAbsent(Identity.of(reference), object.location());
    if (first != null) {
      problems.add(
          new ManifestProblem(
              object.location(),
              path.toString(),
              "%s is declared twice, first at %s".formatted(reference, first)));
    }
  }

  private static Optional<String> text(Mapping mapping, String field) {
    Member member = mapping.members().get(field);
    return member != null
            && member.value() instanceof Value.Scalar scalar
            && scalar.scalar() instanceof GoScalar.Text text
        ? Optional.of(text.value())
        : Optional.empty();
  }

  private void report(Position position, FieldPath path, String message) {
    problems.add(new ManifestProblem(position.in(source), path.toString(), message));
  }

  /** What makes two declarations one object; the version of the API does not. */
  private record Identity(String group, String kind, String namespace, String name) {
    static Identity of(ObjectReference reference) {
      return new Identity(
          reference.group(), reference.kind(), reference.namespace(), reference.name());
    }
  }
}
