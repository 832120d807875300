package dev.plinth.drift;

import static java.util.Objects.requireNonNull;

import dev.plinth.cluster.Labels;
import dev.plinth.config.DriftPolicy;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which policy holds for an object. The nearest wins: the annotation {@value Labels#DRIFT} of the
 * live object, that of the object in the manifest, that of the Addon, the server's option. A word
 * that is no policy counts as if it were not there.
 *
 * @param server the server's policy
 * @param addon what the Addon's annotation says; empty if it has none
 */
public record DriftPolicies(DriftPolicy server, Optional<String> addon) {

  public DriftPolicies {
    requireNonNull(server, "server");
    requireNonNull(addon, "addon");
  }

  /**
   * The policy for one object.
   *
   * @param live what the live object's annotation says; empty if it has none
   * @param manifest what the declared object's annotation says; empty if it has none
   */
  public DriftPolicy of(Optional<String> live, Optional<String> manifest) {
    return Stream.of(live, manifest, addon)
        .flatMap(it -> it.flatMap(DriftPolicies::parse).stream())
        .findFirst()
        .orElse(server);
  }

  /** Says that a word is no policy; empty if it is one. */
  public static Optional<String> complaint(String bearer, Optional<String> word) {
    return word.filter(it -> parse(it).isEmpty())
        .map(
            it ->
                "%s: annotation %s: found '%s', expected repair, warn or ignore; it counts as absent"
                    .formatted(bearer, Labels.DRIFT, it));
  }

  private static Optional<DriftPolicy> parse(String word) {
    return Stream.of(DriftPolicy.values())
        .filter(it -> it.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst();
  }
}
