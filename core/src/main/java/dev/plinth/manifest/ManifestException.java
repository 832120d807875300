package dev.plinth.manifest;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.stream.Collectors.joining;

import java.util.List;

/** A manifest or a template that cannot be used, with everything that was found wrong. */
public final class ManifestException extends RuntimeException {

  private static final int SHOWN = 20;

  private static final long serialVersionUID = 1L;

  private final String source;
  private final transient List<ManifestProblem> problems;

  /**
   * @param source the file as the user knows it
   * @param problems what is wrong, in the order of the file; at least one
   */
  public ManifestException(String source, List<ManifestProblem> problems) {
    super(message(problems));
    checkArgument(!problems.isEmpty(), "problems is empty");
    this.source = source;
    this.problems = List.copyOf(problems);
  }

  ManifestException(ManifestProblem problem) {
    this(problem.location().source(), List.of(problem));
  }

  /** The file as the user knows it. */
  public String source() {
    return source;
  }

  /** What is wrong, in the order of the file; never empty. */
  public List<ManifestProblem> problems() {
    return problems;
  }

  private static String message(List<ManifestProblem> problems) {
    String shown =
        problems.stream().limit(SHOWN).map(ManifestProblem::toString).collect(joining("\n"));
    int hidden = problems.size() - SHOWN;
    return hidden > 0 ? shown + "\nand " + hidden + " more" : shown;
  }
}
