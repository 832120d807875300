package dev.plinth.report;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All add-ons of a server at a moment, and apart from them the files users dropped into the
 * manifests directory.
 *
 * @param addons one entry for each add-on of the catalogue, by name
 * @param files one entry for each user's file, by path
 * @param warnings what is not wrong with one add-on but should be known, e.g. a name in {@code
 *     --disable} that nobody has
 */
public record AddonReport(
    List<AddonStatus> addons, List<AddonStatus> files, List<String> warnings) {

  public AddonReport {
    addons = sorted(addons);
    files = sorted(files);
    warnings = List.copyOf(warnings);
  }

  /** True if every add-on is READY or DISABLED. */
  public boolean ready() {
    return ready(Scope.ADDONS);
  }

  /** True if everything in the scope is READY or DISABLED. */
  public boolean ready(Scope scope) {
    return in(scope)
        .allMatch(it -> it.state() == AddonState.READY || it.state() == AddonState.DISABLED);
  }

  /** True if no add-on is PROGRESSING any more. */
  public boolean settled() {
    return settled(Scope.ADDONS);
  }

  /** True if nothing in the scope is PROGRESSING any more. */
  public boolean settled(Scope scope) {
    return in(scope).allMatch(it -> it.state().settled());
  }

  /** The status of the add-on of that name. */
  public Optional<AddonStatus> addon(String name) {
    return addons.stream().filter(it -> it.name().equals(name)).findFirst();
  }

  /** The status of the file at that path below the manifests directory. */
  public Optional<AddonStatus> file(String path) {
    return files.stream().filter(it -> it.name().equals(path)).findFirst();
  }

  /** One line for each add-on and file, then the warnings: fit for an assertion's message. */
  @Override
  public String toString() {
    return Stream.concat(
            Stream.concat(addons.stream(), files.stream()).map(AddonStatus::toString),
            warnings.stream().map(it -> "warning: " + it))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private Stream<AddonStatus> in(Scope scope) {
    return scope == Scope.ADDONS ? addons.stream() : Stream.concat(addons.stream(), files.stream());
  }

  private static List<AddonStatus> sorted(List<AddonStatus> statuses) {
    return statuses.stream().sorted(Comparator.comparing(AddonStatus::name)).toList();
  }
}
