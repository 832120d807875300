package dev.plinth.member;

import java.lang.module.ModuleDescriptor;
import java.util.Comparator;

/** Which version of Plinth is the newer one. */
public final class VersionOrder {

  /** What cannot be read as a version is older than all that can. */
  public static final Comparator<String> OLDEST_FIRST =
      Comparator.comparing(
          VersionOrder::parse,
          Comparator.nullsFirst(Comparator.<ModuleDescriptor.Version>naturalOrder()));

  private VersionOrder() {}

  private static ModuleDescriptor.Version parse(String version) {
    try {
      return ModuleDescriptor.Version.parse(version);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
