package dev.plinth.addon;

/** Found through the service entry below {@code class-path} in the test resources. */
public final class DiscoveredAddon implements Addon {

  @Override
  public String name() {
    return "discovered";
  }

  @Override
  public String description() {
    return "an add-on of a class path";
  }
}
