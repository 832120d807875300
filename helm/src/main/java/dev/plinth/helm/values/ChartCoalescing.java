package dev.plinth.helm.values;

import dev.plinth.helm.values.ValueNode.Members;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts the values that users supply over those of a chart and of the charts in it, as Helm does:
 * mappings are merged, everything else replaces, and null takes a value of the chart away.
 */
final class ChartCoalescing {

  private static final String GLOBAL = "global";

  private final List<ValuesProblem> notices;

  /**
   * @param notices takes what is probably a mistake
   */
  ChartCoalescing(List<ValuesProblem> notices) {
    this.notices = notices;
  }

  /**
   * A chart with the values of its archive.
   *
   * @param values changes while it is coalesced
   * @param dependencies the charts in it
   */
  record Chart(String name, Members values, List<Chart> dependencies) {}

  /**
   * Completes values by those of the chart.
   *
   * @param values what users supply; holds the result
   */
  void coalesce(Chart chart, Members values) {
    coalesce(chart, values, ValuePath.ROOT);
  }

  private void coalesce(Chart chart, Members values, ValuePath path) {
    coalesceOwn(chart, values, path);
    for (Chart dependency : chart.dependencies()) {
      coalesceDependency(dependency, values, path.key(dependency.name()));
    }
  }

  private void coalesceOwn(Chart chart, Members values, ValuePath path) {
    chart
        .values()
        .members()
        .forEach(
            (key, ofChart) -> {
              ValueNode supplied = values.members().get(key);
              if (supplied == null) {
                values.members().put(key, ofChart);
              } else if (supplied.isNull()) {
                values.members().remove(key);
              } else if (supplied instanceof Members into && ofChart instanceof Members from) {
                // Null has a meaning for the dependency's own values still to come.
                boolean keepsNulls =
                    chart.dependencies().stream().anyMatch(it -> it.name().equals(key));
                coalesceMembers(into, from, keepsNulls, path.key(key));
              } else {
                noteOtherKind(supplied, ofChart, path.key(key));
              }
            });
  }

  private void coalesceDependency(Chart dependency, Members values, ValuePath path) {
    ValueNode own =
        values
            .members()
            .computeIfAbsent(
                dependency.name(), name -> Members.empty(dependency.values().origin()));
    if (!(own instanceof Members members)) {
      throw new ValuesException(
          own.origin(),
          path,
          "found %s, expected the values of the chart's dependency".formatted(own.typeName()));
    }
    passGlobals(members, values, path);
    coalesce(dependency, members, path);
  }

  /** The globals of a chart win over those for its dependency. */
  private void passGlobals(Members to, Members from, ValuePath path) {
    ValueNode ofDependency = to.members().getOrDefault(GLOBAL, Members.empty(from.origin()));
    ValueNode ofChart = from.members().getOrDefault(GLOBAL, Members.empty(from.origin()));
    if (!(ofDependency instanceof Members globals) || !(ofChart instanceof Members passed)) {
      return;
    }
    passed
        .members()
        .forEach(
            (key, value) -> {
              ValueNode present = globals.members().get(key);
              if (value instanceof Members members) {
                // Shallow: as in Helm, deeper mappings are shared by the chart and its dependency.
                Members copy =
                    new Members(members.origin(), new LinkedHashMap<>(members.members()));
                if (present instanceof Members under) {
                  coalesceMembers(copy, under, true, path.key(GLOBAL).key(key));
                }
                if (present == null || present instanceof Members) {
                  globals.members().put(key, copy);
                }
              } else if (!(present instanceof Members)) {
                globals.members().put(key, value);
              }
            });
    to.members().put(GLOBAL, globals);
  }

  private void coalesceMembers(Members into, Members from, boolean keepsNulls, ValuePath path) {
    Set<String> nulls = new HashSet<>();
    for (Map.Entry<String, ValueNode> entry : new ArrayList<>(from.members().entrySet())) {
      String key = entry.getKey();
      ValueNode ofChart = entry.getValue();
      ValueNode supplied = into.members().get(key);
      if (supplied == null) {
        into.members().put(key, ofChart);
      } else if (supplied.isNull()) {
        if (!ofChart.isNull() && !keepsNulls) {
          nulls.add(key);
        }
      } else if (supplied instanceof Members inner && ofChart instanceof Members innerFrom) {
        coalesceMembers(inner, innerFrom, keepsNulls, path.key(key));
      } else {
        noteOtherKind(supplied, ofChart, path.key(key));
      }
    }
    nulls.forEach(into.members()::remove);
  }

  private void noteOtherKind(ValueNode supplied, ValueNode ofChart, ValuePath path) {
    boolean isMapping = ofChart instanceof Members;
    if (ofChart.isNull() || isMapping == supplied instanceof Members) {
      return;
    }
    if (isMapping && ((Members) ofChart).members().isEmpty()) {
      return;
    }
    notices.add(
        new ValuesProblem(
            supplied.origin(),
            path.toString(),
            "found %s in place of %s of the chart"
                .formatted(supplied.typeName(), ofChart.typeName())));
  }
}
