package dev.plinth.lifecycle;

import dev.plinth.deploy.AddonResource;
import dev.plinth.lifecycle.NameClaims.Claimant;
import dev.plinth.lifecycle.NameClaims.Presence;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which of the files that claim an Addon name has it. One that had it keeps it while it is there,
 * skipped or not, so that a new file never takes another one's objects away; else it is the first
 * one in path order.
 *
 * @param owner the file that has it; may be skipped, or not there for a moment
 * @param others files that want it and are not applied
 * @param skipped files that do not want it as a {@code .skip} says so, and do not have it
 * @param disabled files that {@code --disable} means
 * @param removed files that are gone for good
 */
record NameContest(
    Optional<Claimant> owner,
    List<Claimant> others,
    List<Claimant> skipped,
    List<Claimant> disabled,
    List<Claimant> removed) {

  /**
   * @param all who claims the name, in path order
   * @param recorded whether this file is the one that the Addon in the cluster names
   * @param disabledNames the names given to {@code --disable}
   */
  static NameContest of(
      List<Claimant> all, Predicate<Claimant> recorded, Set<String> disabledNames) {
    Predicate<Claimant> isDisabled = it -> it.path().disabledBy(disabledNames).isPresent();
    List<Claimant> candidates =
        all.stream()
            .filter(it -> it.presence() != Presence.REMOVED)
            .filter(isDisabled.negate())
            .toList();
    Optional<Claimant> owner =
        candidates.stream()
            .filter(recorded)
            .findFirst()
            .or(
                () ->
                    candidates.stream()
                        .filter(it -> it.isThere() && !it.file().skipped())
                        .findFirst());
    List<Claimant> rest =
        candidates.stream()
            .filter(Claimant::isThere)
            .filter(it -> owner.filter(it::equals).isEmpty())
            .toList();
    return new NameContest(
        owner,
        rest.stream().filter(it -> !it.file().skipped()).toList(),
        rest.stream().filter(it -> it.file().skipped()).toList(),
        all.stream().filter(Claimant::isThere).filter(isDisabled).toList(),
        all.stream().filter(it -> it.presence() == Presence.REMOVED).toList());
  }

  /** The files that want to be applied. */
  Stream<Claimant> wanting() {
    return Stream.concat(owner.stream(), others.stream())
        .filter(it -> it.isThere() && !it.file().skipped());
  }

  /**
   * Why none of the files can have the name; empty if one can, or none wants it.
   *
   * @param record the Addon of that name
   * @param reserved which names are add-ons'
   */
  Optional<String> refusal(
      String name, Optional<AddonResource> record, Predicate<String> reserved) {
    Optional<Claimant> any = wanting().findFirst();
    if (any.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> invalid = any.get().path().invalidAddonName();
    if (invalid.isPresent()) {
      return invalid;
    }
    Optional<String> addon = record.flatMap(AddonResource::addon);
    return addon.isEmpty() && !reserved.test(name)
        ? Optional.empty()
        : Optional.of(taken(name, "the add-on '%s'".formatted(addon.orElse(name))));
  }

  /** What there is to say of a file whose name somebody else has. */
  static String taken(String name, String holder) {
    return "the Addon '%s', which the file's name gives, belongs to %s; the file is not applied: rename it"
        .formatted(name, holder);
  }
}
