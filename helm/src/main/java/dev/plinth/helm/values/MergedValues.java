package dev.plinth.helm.values;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.helm.values.ValueNode.Items;
import dev.plinth.helm.values.ValueNode.Leaf;
import dev.plinth.helm.values.ValueNode.Members;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The values of a release. What it returns is the caller's own; {@link #toString} says nothing of
 * the values.
 *
 * <p>Numbers are what Helm has them for: integers of {@code set} are of 64 bits, all others are
 * floating point, even where they are shown as integers. So whoever runs Helm hands over {@link
 * #fileValues()} as a values file and {@link #setArguments()} as such, and not their sum: a
 * template would write a large number differently.
 */
public final class MergedValues {

  private final Members files;
  private final List<SetArgument> setArguments;
  private final Members supplied;
  private final Members effective;
  private final List<ValuesProblem> notices;

  MergedValues(
      Members files,
      List<SetArgument> setArguments,
      Members supplied,
      Members effective,
      List<ValuesProblem> notices) {
    this.files = files;
    this.setArguments = List.copyOf(setArguments);
    this.supplied = supplied;
    this.effective = effective;
    this.notices = List.copyOf(notices);
  }

  /** All that the chart's templates see as {@code .Values}. */
  public ObjectNode effective() {
    return effective.toJson();
  }

  /** What HelmChart and HelmChartConfig supply, as {@code helm get values} shows it. */
  public ObjectNode supplied() {
    return supplied.toJson();
  }

  /** What is supplied, without {@link #setArguments()}; null where a value is to be taken away. */
  public ObjectNode fileValues() {
    return files.toJson();
  }

  /** The entries of {@code spec.set}, in the order in which Helm applies them. */
  public List<SetArgument> setArguments() {
    return setArguments;
  }

  /** Where in {@link #supplied()} values are that came from Secrets. */
  public Set<JsonPointer> secrets() {
    Set<JsonPointer> secrets = new HashSet<>();
    collectSecrets(supplied, JsonPointer.empty(), secrets);
    return secrets;
  }

  /** What is accepted and probably a mistake. */
  public List<ValuesProblem> notices() {
    return notices;
  }

  /** Every effective value with its origin, in the order of the sources. */
  public List<EffectiveValue> provenance() {
    List<EffectiveValue> values = new ArrayList<>();
    collect(effective, ValuePath.ROOT, values);
    return values;
  }

  /**
   * Where an effective value came from. A mapping that is merged came from where it was first.
   *
   * @param path keys, and numbers of list items, from the outermost one
   */
  public Optional<Origin> originOf(List<String> path) {
    return find(effective, path).map(ValueNode::origin);
  }

  /** As {@link #originOf}, of a supplied value, such as null that took one of the chart away. */
  Optional<Origin> originOfSupplied(List<String> path) {
    return find(supplied, path).map(ValueNode::origin);
  }

  /** As messages write it. */
  ValuePath pathOf(List<String> path) {
    ValuePath written = ValuePath.ROOT;
    ValueNode node = effective;
    for (String step : path) {
      written = node instanceof Items ? written.index(Integer.parseInt(step)) : written.key(step);
      node = child(node, step);
    }
    return written;
  }

  /** How many there are, and not what: values can be secret. */
  @Override
  public String toString() {
    return "MergedValues[%d values]".formatted(provenance().size());
  }

  private static Optional<ValueNode> find(ValueNode root, List<String> path) {
    ValueNode node = root;
    for (String step : path) {
      node = child(node, step);
      if (node == null) {
        return Optional.empty();
      }
    }
    return Optional.of(node);
  }

  private static ValueNode child(ValueNode node, String step) {
    if (node instanceof Members members) {
      return members.members().get(step);
    }
    if (node instanceof Items items && step.matches("[0-9]{1,9}")) {
      int index = Integer.parseInt(step);
      return index < items.items().size() ? items.items().get(index) : null;
    }
    return null;
  }

  private static void collectSecrets(ValueNode node, JsonPointer place, Set<JsonPointer> secrets) {
    if (node instanceof Members members) {
      members
          .members()
          .forEach((key, value) -> collectSecrets(value, place.appendProperty(key), secrets));
    } else if (node instanceof Items items) {
      for (int i = 0; i < items.items().size(); i++) {
        collectSecrets(items.items().get(i), place.appendIndex(i), secrets);
      }
    } else if (node.origin().secret().isPresent()) {
      secrets.add(place);
    }
  }

  private static void collect(ValueNode node, ValuePath path, List<EffectiveValue> values) {
    if (node instanceof Members members && !members.members().isEmpty()) {
      for (Map.Entry<String, ValueNode> member : members.members().entrySet()) {
        collect(member.getValue(), path.key(member.getKey()), values);
      }
    } else if (node instanceof Items items && !items.items().isEmpty()) {
      for (int i = 0; i < items.items().size(); i++) {
        collect(items.items().get(i), path.index(i), values);
      }
    } else if (node instanceof Leaf || !path.isRoot()) {
      values.add(new EffectiveValue(path.toString(), node.toJson(), node.origin()));
    }
  }
}
