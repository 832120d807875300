package dev.plinth.config;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.Sets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All flags that a server accepts: Plinth's, those that owners declare, and those of K3s that have
 * no effect here. Immutable.
 */
public final class KnownFlags {

  private final Map<String, Option<?>> options = new LinkedHashMap<>();
  private final Map<String, String> ownerByOption = new LinkedHashMap<>();
  private final Map<String, Map<String, Option<?>>> sections = new TreeMap<>();

  private KnownFlags() {}

  /**
   * The flags of Plinth, of these owners and of K3s.
   *
   * @throws ConfigurationException if two owners declare one option or key, or two have one name
   */
  public static KnownFlags of(Iterable<? extends OptionOwner> owners) {
    KnownFlags known = new KnownFlags();
    known.declare(new PlinthOptions());
    owners.forEach(known::declare);
    // Plinth's own keys stand at the top of the file only.
    known.sections.remove(PlinthOptions.OWNER);
    return known;
  }

  /**
   * The known flag that somebody meant, e.g. {@code --disable} for {@code --disabel=traefik}.
   *
   * @param argument an argument as it was given, with or without dashes and value
   */
  public Optional<String> nearest(String argument) {
    String name = argument.replaceFirst("^-+", "").replaceFirst("(?s)=.*", "");
    return nearestKey(name).map(it -> "--" + it);
  }

  /** All options that have an effect, Plinth's first, then by owner as given; for help texts. */
  public List<Option<?>> options() {
    return List.copyOf(options.values());
  }

  /** The known key of configuration files that somebody meant. */
  Optional<String> nearestKey(String typed) {
    return NearestName.of(typed, Sets.union(options.keySet(), K3sFlags.names()));
  }

  /**
   * A known flag.
   *
   * @param option what it sets; empty if it is one of K3s that has no effect here
   */
  record Flag(String name, boolean isSwitch, Optional<Option<?>> option) {}

  /** The flag of that name or single letter, without dashes. */
  Optional<Flag> find(String name) {
    String longName = K3sFlags.longName(name);
    Option<?> option = options.get(longName);
    return option != null
        ? Optional.of(new Flag(longName, option.isFlag(), Optional.of(option)))
        : K3sFlags.isSwitch(longName).map(it -> new Flag(longName, it, Optional.empty()));
  }

  /**
   * The option behind a key of the section {@code addons.<owner>}.
   *
   * @param place where the key stands, for the message
   * @throws ConfigurationException if there is no such owner or it has no such key
   */
  Option<?> inSection(String owner, String key, String place) {
    Map<String, Option<?>> section = sections.get(owner);
    if (section == null) {
      throw unknown(
          place, "no add-on is named '%s'".formatted(ConfigEntry.shown(owner)), owner, sections);
    }
    Option<?> option = section.get(key);
    if (option == null) {
      throw unknown(
          place,
          "add-on '%s' has no key '%s'".formatted(owner, ConfigEntry.shown(key)),
          key,
          section);
    }
    return option;
  }

  private void declare(OptionOwner owner) {
    Map<String, Option<?>> section = new TreeMap<>();
    if (sections.putIfAbsent(owner.name(), section) != null) {
      throw new ConfigurationException(
          "two owners of options are named '%s'".formatted(owner.name()));
    }
    for (Option<?> option : owner.options()) {
      String other = ownerByOption.putIfAbsent(option.name(), owner.name());
      if (other != null) {
        throw new ConfigurationException(
            "option '%s' is declared twice: by '%s' and by '%s'"
                .formatted(option.name(), other, owner.name()));
      }
      Option<?> sameKey = section.putIfAbsent(option.configKey(), option);
      if (sameKey != null) {
        throw new ConfigurationException(
            "'%s' declares two options with the key '%s': '%s' and '%s'"
                .formatted(owner.name(), option.configKey(), sameKey.name(), option.name()));
      }
      options.put(option.name(), option);
    }
  }

  private static ConfigurationException unknown(
      String place, String problem, String typed, Map<String, ?> known) {
    String advice =
        NearestName.of(typed, known.keySet())
            .map("did you mean '%s'?"::formatted)
            .orElseGet(
                () ->
                    known.isEmpty()
                        ? "expected none"
                        : known.keySet().stream().collect(joining(", ", "expected one of ", "")));
    return new ConfigurationException("%s: %s; %s".formatted(place, problem, advice));
  }
}
