package dev.plinth.helm.controller;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/** What has become of a HelmChartConfig. */
sealed interface ConfigOutcome {

  /**
   * A release has it.
   *
   * @param revision the release's revision in force
   * @param notes what it asks for and does not get, and why
   */
  record Applied(long revision, List<String> notes) implements ConfigOutcome {
    public Applied {
      checkArgument(revision > 0, "revision: expected more than 0, found %s", revision);
      notes = List.copyOf(notes);
    }
  }

  /**
   * It is not understood, or refers to something that is not there.
   *
   * @param problems those that the config brings; at least one
   * @param inForce the revision that stays; empty if there is none
   * @param file the manifest that declares it; empty if none is known
   */
  record Invalid(List<InputProblem> problems, Optional<Long> inForce, Optional<String> file)
      implements ConfigOutcome {
    public Invalid {
      problems = List.copyOf(problems);
      checkArgument(!problems.isEmpty(), "problems is empty");
      requireNonNull(inForce, "inForce");
      requireNonNull(file, "file");
    }

    Invalid(List<InputProblem> problems, Optional<Long> inForce) {
      this(problems, inForce, Optional.empty());
    }

    Invalid declaredIn(Optional<String> manifest) {
      return new Invalid(problems, inForce, manifest);
    }
  }

  /**
   * Its chart is there and can not be made a release, for a reason that is not the config's.
   *
   * @param reason one word in CamelCase
   */
  record NotYet(String reason, String message) implements ConfigOutcome {
    public NotYet {
      requireNonNull(reason, "reason");
      requireNonNull(message, "message");
    }
  }

  /**
   * There is no HelmChart of its namespace and name.
   *
   * @param elsewhere other namespaces with a HelmChart of that name, sorted
   */
  record NoChart(List<String> elsewhere) implements ConfigOutcome {
    public NoChart {
      elsewhere = List.copyOf(elsewhere);
    }
  }
}
