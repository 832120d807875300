package dev.plinth.addon;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.graph.ElementOrder;
import com.google.common.graph.GraphBuilder;
import com.google.common.graph.Graphs;
import com.google.common.graph.ImmutableGraph;
import com.google.common.graph.Traverser;
import dev.plinth.config.NearestName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Who of a catalogue needs whom: checked to be complete and free of circles. */
final class Requirements {

  private final AddonCatalog catalog;
  private final ImmutableSetMultimap<String, Addon> providers;

  /** An edge leads from an add-on to one that offers what it requires. */
  private final ImmutableGraph<String> needs;

  private Requirements(AddonCatalog catalog) {
    this.catalog = catalog;
    this.providers = providers(catalog);
    requireKnown();
    this.needs = needs();
    requireNoCircle();
  }

  /**
   * The requirements of a catalogue's add-ons, disabled or not: what is wrong with them is wrong
   * under every configuration.
   *
   * @throws InvalidAddonException if a requirement is offered by nobody, or some form a circle
   */
  static Requirements of(AddonCatalog catalog) {
    return new Requirements(catalog);
  }

  /** The add-ons, each after those that offer what it requires, otherwise by name. */
  List<Addon> inOrder() {
    List<Addon> order = new ArrayList<>();
    Traverser.forGraph(needs)
        .depthFirstPostOrder(needs.nodes())
        .forEach(name -> order.add(catalog.find(name).orElseThrow()));
    return order;
  }

  /** The add-ons that offer a requirement, as their name or a capability; by name, not empty. */
  Set<Addon> providersOf(String requirement) {
    return providers.get(requirement);
  }

  private static ImmutableSetMultimap<String, Addon> providers(AddonCatalog catalog) {
    ImmutableSetMultimap.Builder<String, Addon> providers = ImmutableSetMultimap.builder();
    for (Addon addon : catalog) {
      providers.put(addon.name(), addon);
      addon.provides().forEach(capability -> providers.put(capability, addon));
    }
    return providers.build();
  }

  private void requireKnown() {
    List<String> problems = new ArrayList<>();
    for (Addon addon : catalog) {
      for (String requirement : new TreeSet<>(addon.requires())) {
        if (!providers.containsKey(requirement)) {
          problems.add(
              "add-on %s requires '%s', which no add-on offers; %s"
                  .formatted(AddonCatalog.describe(addon), requirement, advice(requirement)));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidAddonException(String.join("; ", problems));
    }
  }

  private String advice(String requirement) {
    return NearestName.of(requirement, providers.keySet())
        .map("did you mean '%s'?"::formatted)
        .orElse("add the module that offers it");
  }

  private ImmutableGraph<String> needs() {
    ImmutableGraph.Builder<String> graph =
        GraphBuilder.directed()
            .allowsSelfLoops(true)
            .nodeOrder(ElementOrder.<String>insertion())
            .incidentEdgeOrder(ElementOrder.<String>stable())
            .immutable();
    catalog.forEach(addon -> graph.addNode(addon.name()));
    catalog.forEach(
        addon ->
            addon.requires().stream()
                .flatMap(requirement -> providers.get(requirement).stream())
                .map(Addon::name)
                .sorted()
                .forEach(provider -> graph.putEdge(addon.name(), provider)));
    return graph.build();
  }

  private void requireNoCircle() {
    if (!Graphs.hasCycle(needs)) {
      return;
    }
    List<String> circle =
        needs.nodes().stream()
            .flatMap(name -> circle(new LinkedHashSet<>(), name).stream())
            .findFirst()
            .orElseThrow();
    throw new InvalidAddonException(
        "add-ons require each other in a circle, %s: %s"
            .formatted(
                String.join(" -> ", circle),
                circle.stream()
                    .distinct()
                    .map(name -> AddonCatalog.describe(catalog.find(name).orElseThrow()))
                    .collect(joining(", "))));
  }

  /** The first circle that a walk from a name runs into, its first name repeated at the end. */
  private Optional<List<String>> circle(LinkedHashSet<String> path, String name) {
    if (!path.add(name)) {
      return Optional.of(
          Stream.concat(path.stream().dropWhile(it -> !it.equals(name)), Stream.of(name)).toList());
    }
    Optional<List<String>> circle =
        needs.successors(name).stream().flatMap(it -> circle(path, it).stream()).findFirst();
    path.remove(name);
    return circle;
  }
}
