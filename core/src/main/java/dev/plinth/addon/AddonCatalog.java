package dev.plinth.addon;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The add-ons a server has, enabled or not: an immutable set, by name. */
public final class AddonCatalog implements Iterable<Addon> {

  private static final Pattern NAME = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

  private final List<Addon> addons;

  private AddonCatalog(Collection<Addon> addons) {
    TreeMap<String, Addon> byName = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    for (Addon addon : addons) {
      if (addon.name() == null || !NAME.matcher(addon.name()).matches()) {
        problems.add(
            "the name of add-on %s is no DNS label: expected at most 63 lower-case letters, digits and '-'"
                .formatted(describe(addon)));
        continue;
      }
      Addon other = byName.putIfAbsent(addon.name(), addon);
      if (other != null) {
        problems.add(
            "two add-ons have one name: %s and %s".formatted(describe(other), describe(addon)));
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidAddonException(String.join("; ", problems));
    }
    this.addons = List.copyOf(byName.values());
  }

  /**
   * The add-ons that the class path offers as services.
   *
   * @throws InvalidAddonException if two have one name or a name is no DNS label
   * @throws java.util.ServiceConfigurationError if a provider cannot be made
   */
  public static AddonCatalog discover() {
    return new AddonCatalog(
        ServiceLoader.load(Addon.class).stream().map(ServiceLoader.Provider::get).toList());
  }

  /**
   * Exactly these add-ons.
   *
   * @throws InvalidAddonException if two have one name or a name is no DNS label
   */
  public static AddonCatalog of(Addon... addons) {
    return new AddonCatalog(List.of(addons));
  }

  /**
   * This catalogue and these add-ons.
   *
   * @throws InvalidAddonException if two have one name or a name is no DNS label
   */
  public AddonCatalog with(Addon... more) {
    List<Addon> all = new ArrayList<>(addons);
    all.addAll(List.of(more));
    return new AddonCatalog(all);
  }

  /** The add-on of that name. */
  public Optional<Addon> find(String name) {
    return addons.stream().filter(it -> it.name().equals(name)).findFirst();
  }

  /** The add-ons by name. */
  @Override
  public Iterator<Addon> iterator() {
    return addons.iterator();
  }

  /** The names, in brackets. */
  @Override
  public String toString() {
    return addons.stream().map(Addon::name).toList().toString();
  }

  /** Name, class and origin of an add-on, for error messages. */
  static String describe(Addon addon) {
    Class<?> type = addon.getClass();
    String origin =
        Optional.ofNullable(type.getProtectionDomain().getCodeSource())
            .map(source -> " in " + source.getLocation())
            .orElse("");
    return "'%s' (%s%s)".formatted(addon.name(), type.getName(), origin);
  }
}
