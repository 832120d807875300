package dev.plinth.addon;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.Sets;
import dev.plinth.config.NearestName;
import dev.plinth.config.ServerConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which add-ons of a catalogue a configuration enables, and why the others do not run.
 *
 * @param addons every add-on of the catalogue once, each after those that offer what it requires:
 *     the order to start in, and in reverse to remove in
 * @param warnings one line for each name given to {@code --disable} that nothing has
 */
public record Selection(List<Selected> addons, List<String> warnings) {

  public Selection {
    addons = List.copyOf(addons);
    warnings = List.copyOf(warnings);
  }

  /** An add-on with the decision on it. */
  public record Selected(Addon addon, Decision decision) {

    /** Whether it runs. */
    public boolean enabled() {
      return decision instanceof Decision.Enabled;
    }
  }

  /** The decision on an add-on. */
  public sealed interface Decision {
    /** It runs. */
    record Enabled() implements Decision {

      @Override
      public String toString() {
        return "enabled";
      }
    }

    /**
     * It is switched off.
     *
     * @param flag the flag as the user typed it, e.g. {@code --disable example}
     */
    record Disabled(String flag) implements Decision {

      @Override
      public String toString() {
        return "disabled by " + flag;
      }
    }

    /**
     * It cannot run since nobody who runs offers what it requires.
     *
     * @param requirement the capability or add-on name that it requires
     * @param why what became of those who offer it, e.g. {@code needs example/v1, which 'example'
     *     provides, disabled by --disable example}
     */
    record Blocked(String requirement, String why) implements Decision {

      @Override
      public String toString() {
        return "blocked: " + why;
      }
    }
  }

  /**
   * Decides on every add-on; {@code --disable} may name add-ons only.
   *
   * @throws InvalidAddonException as {@link #of(AddonCatalog, ServerConfig, Set)}
   */
  public static Selection of(AddonCatalog catalog, ServerConfig config) {
    return of(catalog, config, Set.of());
  }

  /**
   * Decides on every add-on.
   *
   * @param manifestNames what else {@code --disable} may name: the files in the manifests
   *     directory, without extension, and its directories
   * @throws InvalidAddonException if an add-on requires what no add-on of the catalogue offers, if
   *     add-ons require each other in a circle, or if two enabled ones fill one slot
   */
  public static Selection of(AddonCatalog catalog, ServerConfig config, Set<String> manifestNames) {
    Requirements requirements = Requirements.of(catalog);
    Map<String, Selected> decided = new LinkedHashMap<>();
    for (Addon addon : requirements.inOrder()) {
      Decision decision =
          disabled(addon, config)
              .or(() -> blocked(addon, requirements, decided))
              .orElseGet(Decision.Enabled::new);
      decided.put(addon.name(), new Selected(addon, decision));
    }
    Selection selection =
        new Selection(
            List.copyOf(decided.values()),
            unknownNames(config.disable(), Sets.union(decided.keySet(), manifestNames)));
    selection.requireOneForEachSlot();
    return selection;
  }

  /**
   * The same add-ons, where some run though they are switched off here, since other servers of the
   * cluster want them.
   *
   * @param names the add-ons to run in any case; those that are not in the catalogue, or fill a
   *     slot that an add-on has which runs without this, do not
   */
  public Selection enabling(Set<String> names) {
    if (addons.stream()
        .noneMatch(
            it ->
                it.decision() instanceof Decision.Disabled && names.contains(it.addon().name()))) {
      return this;
    }
    Requirements requirements =
        Requirements.of(
            AddonCatalog.of(addons.stream().map(Selected::addon).toArray(Addon[]::new)));
    Map<String, Selected> decided = new LinkedHashMap<>();
    for (Selected selected : addons) {
      Addon addon = selected.addon();
      boolean wanted = names.contains(addon.name());
      Decision decision =
          selected.decision() instanceof Decision.Disabled disabled && !wanted
              ? disabled
              : blocked(addon, requirements, decided)
                  .or(() -> slotTaken(addon, decided))
                  .orElseGet(Decision.Enabled::new);
      decided.put(addon.name(), new Selected(addon, decision));
    }
    return new Selection(List.copyOf(decided.values()), warnings);
  }

  /** An add-on that runs here by itself has the slot, and otherwise the first. */
  private Optional<Decision> slotTaken(Addon addon, Map<String, Selected> decided) {
    if (addon.slot().isEmpty() || enabled().contains(addon)) {
      return Optional.empty();
    }
    Slot slot = addon.slot().get();
    return inSlot(slot)
        .or(
            () ->
                decided.values().stream()
                    .filter(Selected::enabled)
                    .map(Selected::addon)
                    .filter(it -> it.slot().filter(slot::equals).isPresent())
                    .findFirst())
        .map(
            it ->
                new Decision.Blocked(
                    slot.toString(),
                    "only another server enables it, and '%s' fills its slot %s"
                        .formatted(it.name(), slot)));
  }

  /** The add-ons that run, in the order to start them in. */
  public List<Addon> enabled() {
    return addons.stream().filter(Selected::enabled).map(Selected::addon).toList();
  }

  /** Whether an enabled add-on offers this, as its name or a capability. */
  public boolean isOffered(String requirement) {
    return enabled().stream().anyMatch(it -> offers(it, requirement));
  }

  /** The enabled add-ons that offer something which an add-on requires. */
  public List<Addon> providersFor(Addon addon) {
    return enabled().stream()
        .filter(it -> addon.requires().stream().anyMatch(needed -> offers(it, needed)))
        .toList();
  }

  private static boolean offers(Addon addon, String requirement) {
    return addon.name().equals(requirement) || addon.provides().contains(requirement);
  }

  /** The add-on of that name with the decision on it. */
  public Optional<Selected> find(String name) {
    return addons.stream().filter(it -> it.addon().name().equals(name)).findFirst();
  }

  /** The enabled add-on that fills a slot. */
  public Optional<Addon> inSlot(Slot slot) {
    return allInSlot(slot).findFirst();
  }

  /** Whether an enabled add-on fills a slot. */
  public boolean fills(Slot slot) {
    return inSlot(slot).isPresent();
  }

  /** One line for each add-on with the decision on it, then the warnings. */
  @Override
  public String toString() {
    int width = addons.stream().mapToInt(it -> it.addon().name().length()).max().orElse(0);
    return Stream.concat(
            addons.stream()
                .map(it -> ("%-" + width + "s  %s").formatted(it.addon().name(), it.decision())),
            warnings.stream().map(it -> "warning: " + it))
        .collect(joining(System.lineSeparator()));
  }

  private static Optional<Decision> disabled(Addon addon, ServerConfig config) {
    return config.disable().contains(addon.name())
        ? Optional.of(new Decision.Disabled("--disable " + addon.name()))
        : addon.disabledBy(config).map(Decision.Disabled::new);
  }

  private static Optional<Decision> blocked(
      Addon addon, Requirements requirements, Map<String, Selected> decided) {
    for (String requirement : new TreeSet<>(addon.requires())) {
      List<Selected> providers =
          requirements.providersOf(requirement).stream().map(it -> decided.get(it.name())).toList();
      if (providers.stream().noneMatch(Selected::enabled)) {
        String why = providers.stream().map(it -> offer(requirement, it)).collect(joining(" and "));
        return Optional.of(
            new Decision.Blocked(requirement, "needs %s, %s".formatted(requirement, why)));
      }
    }
    return Optional.empty();
  }

  private static String offer(String requirement, Selected provider) {
    String name = provider.addon().name();
    return name.equals(requirement)
        ? provider.decision().toString()
        : "which '%s' provides, %s".formatted(name, provider.decision());
  }

  private static List<String> unknownNames(Set<String> disabled, Set<String> known) {
    Set<String> harmless = Sets.union(known, K3sComponents.NAMES);
    List<String> warnings = new ArrayList<>();
    for (String name : Sets.difference(disabled, harmless)) {
      warnings.add(
          "--disable %s: no add-on and no manifest has this name%s"
              .formatted(
                  name,
                  NearestName.of(name, harmless)
                      .map("; did you mean '%s'?"::formatted)
                      .orElse("")));
    }
    return warnings;
  }

  private void requireOneForEachSlot() {
    for (Slot slot : Slot.values()) {
      List<Addon> rivals = allInSlot(slot).toList();
      if (rivals.size() > 1) {
        throw new InvalidAddonException(
            "add-ons %s fill the slot %s, of which there is one; keep one and switch the others off: %s"
                .formatted(
                    rivals.stream().map(AddonCatalog::describe).collect(joining(" and ")),
                    slot,
                    rivals.stream().map(it -> "--disable " + it.name()).collect(joining(" or "))));
      }
    }
  }

  private Stream<Addon> allInSlot(Slot slot) {
    return enabled().stream().filter(it -> it.slot().filter(slot::equals).isPresent());
  }
}
