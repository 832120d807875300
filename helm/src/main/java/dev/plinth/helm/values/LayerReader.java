package dev.plinth.helm.values;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.helm.model.ValuesFields;
import dev.plinth.helm.model.ValuesSecret;
import dev.plinth.helm.values.ValueNode.Items;
import dev.plinth.helm.values.ValueNode.Leaf;
import dev.plinth.helm.values.ValueNode.Members;
import dev.plinth.helm.values.ValuesInput.Secrets;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.ManifestProblem;
import dev.plinth.manifest.SourceLocation;
import dev.plinth.manifest.YamlText;
import dev.plinth.manifest.YamlTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads the places that hold values into layers, the weakest first; each is a mapping. */
final class LayerReader {

  private final List<ValuesProblem> problems;
  private final List<ValuesProblem> notices;

  /**
   * @param problems takes what makes a layer unusable
   * @param notices takes what is probably a mistake
   */
  LayerReader(List<ValuesProblem> problems, List<ValuesProblem> notices) {
    this.problems = problems;
    this.notices = notices;
  }

  /** The values of a chart's archive. */
  ChartCoalescing.Chart read(ChartDefaults chart) {
    return read(chart, chart.name());
  }

  private ChartCoalescing.Chart read(ChartDefaults chart, String name) {
    Origin origin = Origin.of(Owner.CHART, "chart " + name, "values.yaml");
    List<ChartCoalescing.Chart> dependencies =
        chart.dependencies().stream().map(it -> read(it, name + "/" + it.name())).toList();
    Members values =
        text(origin, source -> YamlText.parse(source, chart.valuesYaml()))
            .orElseGet(() -> Members.empty(origin));
    return new ChartCoalescing.Chart(chart.name(), values, dependencies);
  }

  /**
   * The layers of an object.
   *
   * @param used which Secrets are to be read
   */
  List<Members> read(
      Owner owner,
      String object,
      ValuesFields fields,
      Secrets secrets,
      Predicate<ValuesSecret> used) {
    List<Members> layers = new ArrayList<>();
    if (fields.valuesContent() != null) {
      text(
              Origin.of(owner, object, "spec.valuesContent"),
              source -> YamlText.parse(source, fields.valuesContent()))
          .ifPresent(layers::add);
    }
    if (fields.values() != null) {
      structured(Origin.of(owner, object, "spec.values"), fields.values()).ifPresent(layers::add);
    }
    for (int i = 0; i < fields.valuesSecrets().size(); i++) {
      Origin origin = Origin.of(owner, object, "spec.valuesSecrets[%d]".formatted(i));
      ValuesSecret secret = fields.valuesSecrets().get(i);
      if (used.test(secret)) {
        layers.addAll(secret(origin, secret, secrets));
      }
    }
    return layers;
  }

  private List<Members> secret(Origin origin, ValuesSecret reference, Secrets secrets) {
    if (reference.keys().isEmpty()) {
      notices.add(
          new ValuesProblem(
              origin,
              "",
              "names no keys of the Secret %s: it is not used".formatted(reference.name())));
      return List.of();
    }
    Optional<Map<String, byte[]>> content = secrets.content(reference.name());
    List<Members> layers = new ArrayList<>();
    for (String key : reference.keys()) {
      Origin place = origin.inSecret(reference.name(), key);
      Optional<byte[]> value = content.map(it -> it.get(key));
      if (value.isPresent()) {
        text(place, source -> YamlText.parse(source, value.get())).ifPresent(layers::add);
      } else if (!reference.ignoreUpdates()) {
        String missing = content.isPresent() ? "the Secret has no such key" : "there is no Secret";
        problems.add(new ValuesProblem(place, "", missing));
      }
    }
    return layers;
  }

  private Optional<Members> structured(Origin origin, JsonNode values) {
    if (values.isObject()) {
      return Optional.of((Members) node(origin, values, origin.field()));
    }
    String found = values.isArray() ? "a list" : "a scalar";
    problems.add(new ValuesProblem(origin, "", "found " + found + ", expected a mapping"));
    return Optional.empty();
  }

  private ValueNode node(Origin parent, JsonNode value, String field) {
    Origin origin = parent.inField(field);
    if (value.isObject()) {
      Members members = Members.empty(origin);
      value
          .properties()
          .forEach(
              it ->
                  members
                      .members()
                      .put(it.getKey(), node(parent, it.getValue(), step(field, it.getKey()))));
      return members;
    }
    if (value.isArray()) {
      Items items = Items.empty(origin);
      for (JsonNode item : value) {
        items.items().add(node(parent, item, field + "[" + items.items().size() + "]"));
      }
      return items;
    }
    noteRounding(origin, value);
    return new Leaf(origin, HelmNumbers.read(value));
  }

  private static String step(String field, String key) {
    String step = ValuePath.ROOT.key(key).toString();
    return field + (step.startsWith("[") ? "" : ".") + step;
  }

  /** Reads a text that is a mapping, or nothing. */
  private Optional<Members> text(Origin origin, Parsing parsing) {
    try {
      YamlText text = parsing.parse(origin.object());
      text.tolerated().forEach(it -> notices.add(problem(origin, it)));
      if (text.value().isEmpty()) {
        return Optional.empty();
      }
      YamlTree value = text.value().get();
      if (value instanceof YamlTree.Mapping mapping) {
        return Optional.of(members(origin, mapping, mapping.location()));
      }
      problems.add(
          new ValuesProblem(
              at(origin, value.location()),
              "",
              "found %s, expected a mapping".formatted(value.typeName())));
    } catch (ManifestException e) {
      e.problems().forEach(it -> problems.add(problem(origin, it)));
    }
    return Optional.empty();
  }

  private Members members(Origin origin, YamlTree.Mapping mapping, SourceLocation place) {
    Members members = Members.empty(at(origin, place));
    mapping
        .members()
        .forEach(
            (key, member) ->
                members.members().put(key, node(origin, member.value(), member.key())));
    return members;
  }

  private ValueNode node(Origin origin, YamlTree value, SourceLocation place) {
    if (value instanceof YamlTree.Mapping mapping) {
      return members(origin, mapping, place);
    }
    if (value instanceof YamlTree.Sequence sequence) {
      Items items = Items.empty(at(origin, place));
      sequence.items().forEach(it -> items.items().add(node(origin, it, it.location())));
      return items;
    }
    JsonNode scalar = ((YamlTree.Scalar) value).value();
    noteRounding(at(origin, place), scalar);
    return new Leaf(at(origin, place), HelmNumbers.read(scalar));
  }

  private void noteRounding(Origin origin, JsonNode scalar) {
    if (HelmNumbers.isRounded(scalar)) {
      notices.add(
          new ValuesProblem(
              origin,
              "",
              "found an integer of more than 53 bits, which Helm rounds: quote it if it is text"));
    }
  }

  private static Origin at(Origin origin, SourceLocation place) {
    return origin.at(place.line(), place.column());
  }

  private static ValuesProblem problem(Origin origin, ManifestProblem found) {
    return new ValuesProblem(at(origin, found.location()), found.field(), found.message());
  }

  /** Reads a text; places in it name the source. */
  private interface Parsing {
    YamlText parse(String source);
  }
}
