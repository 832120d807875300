package dev.plinth.controlplane;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * What a builder was told, complete and valid.
 *
 * @param port the API server's, if it is to be a certain one
 * @param freePorts where it comes from otherwise
 */
record Settings(
    Optional<Path> dataDirectory,
    Optional<Integer> port,
    IntSupplier freePorts,
    List<String> serviceCidrs,
    Map<Component, List<String>> flags,
    List<SimulatedNode> nodes,
    Set<Component> components,
    boolean audit,
    boolean fsync,
    Duration startTimeout) {

  Settings {
    serviceCidrs = List.copyOf(serviceCidrs);
    flags = Map.copyOf(flags);
    nodes = List.copyOf(nodes);
    components = Set.copyOf(components);
  }

  /** The components to start with: nobody plays nodes before there are any. */
  List<Component> initialComponents() {
    return components.stream()
        .filter(component -> component != Component.NODES || !nodes.isEmpty())
        .sorted()
        .toList();
  }

  List<String> flags(Component component) {
    return flags.getOrDefault(component, List.of());
  }
}
