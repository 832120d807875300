package dev.plinth.helm.values;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.stream.Collectors.joining;

import java.util.List;

/** Values that cannot be used, with everything that was found wrong. Nothing secret is in it. */
public final class ValuesException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<ValuesProblem> problems;

  /**
   * @param problems what is wrong; at least one
   */
  public ValuesException(List<ValuesProblem> problems) {
    super(problems.stream().map(ValuesProblem::toString).collect(joining("\n")));
    checkArgument(!problems.isEmpty(), "problems is empty");
    this.problems = List.copyOf(problems);
  }

  ValuesException(Origin origin, ValuePath path, String message) {
    this(List.of(new ValuesProblem(origin, path.toString(), message)));
  }

  /** What is wrong, weakest source first; never empty. */
  public List<ValuesProblem> problems() {
    return problems;
  }

  /** What is wrong with what this owner brings. */
  public List<ValuesProblem> problemsOf(Owner owner) {
    return problems.stream().filter(it -> it.origin().owner() == owner).toList();
  }
}
