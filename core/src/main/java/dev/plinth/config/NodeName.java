package dev.plinth.config;

import dev.plinth.config.Settings.Given;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Decides the node's name. */
final class NodeName {

  private static final String REMEDIES = "set --node-name or the variable K3S_NODE_NAME";
  private static final String EXPECTED =
      "an RFC 1123 subdomain: letters, digits, dashes and dots, at most 253, each part beginning"
          + " and ending with a letter or digit";

  private NodeName() {}

  /**
   * The name that was given, else the host's; in lower case.
   *
   * @param hostName may supply null or a blank text if the host has no name
   * @throws ConfigurationException if the name is invalid, or is the host's and says nothing
   */
  static String decide(
      Optional<Given<String>> given, Supplier<String> hostName, Consumer<String> warnings) {
    return given.map(it -> explicit(it, warnings)).orElseGet(() -> ofHost(hostName.get()));
  }

  private static String explicit(Given<String> given, Consumer<String> warnings) {
    String name = normalise(given.value());
    if (!PlinthOptions.isSubdomain(name)) {
      throw given.setting().isNot(EXPECTED, PlinthOptions.NODE_NAME);
    }
    if (isLocalhost(name)) {
      warnings.accept(
          "%s: '%s' is a poor name for a node: every host has it"
              .formatted(given.setting().origin(), name));
    }
    return name;
  }

  private static String ofHost(String hostName) {
    String name = normalise(Optional.ofNullable(hostName).orElse(""));
    if (name.isEmpty()) {
      throw new ConfigurationException("the host has no name to give to the node; " + REMEDIES);
    }
    if (isLocalhost(name)) {
      throw new ConfigurationException(
          "the host's name is '%s', which tells no node from another; %s"
              .formatted(name, REMEDIES));
    }
    if (!PlinthOptions.isSubdomain(name)) {
      throw new ConfigurationException(
          "the host's name: found '%s', expected %s; %s".formatted(hostName, EXPECTED, REMEDIES));
    }
    return name;
  }

  private static String normalise(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }

  private static boolean isLocalhost(String name) {
    return name.equals("localhost") || name.startsWith("localhost.");
  }
}
