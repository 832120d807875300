package dev.plinth.helm.values;

import java.util.List;

/**
 * What the schemas of a chart say of its values.
 *
 * @param problems values that they refuse, each with its origin; Helm would refuse them too
 * @param unchecked schemas that cannot be used here, e.g. because they refer to other hosts; Helm
 *     itself will say what it thinks of the values
 */
public record SchemaReport(List<ValuesProblem> problems, List<ValuesProblem> unchecked) {

  public SchemaReport {
    problems = List.copyOf(problems);
    unchecked = List.copyOf(unchecked);
  }

  /** The problems with what this owner brings. */
  public List<ValuesProblem> problemsOf(Owner owner) {
    return problems.stream().filter(it -> it.origin().owner() == owner).toList();
  }
}
