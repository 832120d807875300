package dev.plinth.config;

import com.google.common.base.CharMatcher;
import java.net.InetAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The options that Plinth itself acts upon: those it takes from K3s, then its own. */
final class PlinthOptions implements OptionOwner {

  // Stands first: options check their defaults when they are made.
  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*");

  /** The owner's name in messages. */
  static final String OWNER = "plinth";

  static final Option<String> CONFIG =
      Option.text("config", null, "The configuration file").withEnvironment("K3S_CONFIG_FILE");

  static final Option<Path> DATA_DIR =
      Option.of(
              "data-dir", PlinthOptions::path, null, "The directory that holds the server's state")
          .withEnvironment("K3S_DATA_DIR");

  static final Option<String> NODE_NAME =
      Option.text("node-name", null, "The node's name; by default the host's")
          .withEnvironment("K3S_NODE_NAME");

  static final Option<InetAddress> NODE_IP =
      Option.of(
              "node-ip",
              Cidr::parseAddress,
              null,
              "The node's addresses; an IPv6 one in front makes IPv6 networks the default")
          .withManyValues();

  static final Option<Cidr> CLUSTER_CIDR =
      Option.of("cluster-cidr", Cidr::parse, null, "The networks of pods, one of each IP family")
          .withManyValues()
          .agreedBetweenServers();

  static final Option<Cidr> SERVICE_CIDR =
      Option.of(
              "service-cidr", Cidr::parse, null, "The networks of services, one of each IP family")
          .withManyValues()
          .agreedBetweenServers();

  static final Option<InetAddress> CLUSTER_DNS =
      Option.of(
              "cluster-dns",
              Cidr::parseAddress,
              null,
              "The addresses of cluster DNS; by default the tenth of each service network")
          .withManyValues()
          .agreedBetweenServers();

  static final Option<String> CLUSTER_DOMAIN =
      Option.of(
              "cluster-domain", PlinthOptions::domain, "cluster.local", "The cluster's DNS domain")
          .agreedBetweenServers();

  static final Option<String> DISABLE =
      Option.text("disable", null, "Add-ons that must not run, and are removed if they do")
          .withManyValues();

  static final Option<String> SYSTEM_DEFAULT_REGISTRY =
      Option.of(
              "system-default-registry",
              PlinthOptions::registry,
              null,
              "The registry that the images of all add-ons come from")
          .withEnvironment("K3S_SYSTEM_DEFAULT_REGISTRY")
          .agreedBetweenServers();

  static final Option<DriftPolicy> DRIFT =
      Option.choice(
          "drift",
          DriftPolicy.class,
          DriftPolicy.REPAIR,
          "What to do when somebody else changes an object: repair, warn or ignore");

  static final Option<Boolean> PRUNE_REMOVED_MANIFESTS =
      Option.flag(
          "prune-removed-manifests",
          "Delete what a manifest declared when its file is removed or emptied");

  static final Option<String> DELETE_PROTECTED =
      Option.text(
              "delete-protected",
              null,
              "Add-ons whose namespaces, custom resource definitions and volume claims may go")
          .withManyValues();

  private static final List<Option<?>> ALL =
      List.of(
          CONFIG,
          DATA_DIR,
          NODE_NAME,
          NODE_IP,
          CLUSTER_CIDR,
          SERVICE_CIDR,
          CLUSTER_DNS,
          CLUSTER_DOMAIN,
          DISABLE,
          SYSTEM_DEFAULT_REGISTRY,
          DRIFT,
          PRUNE_REMOVED_MANIFESTS,
          DELETE_PROTECTED);

  @Override
  public String name() {
    return OWNER;
  }

  @Override
  public List<Option<?>> options() {
    return ALL;
  }

  /** Whether a text is an RFC 1123 subdomain, as Kubernetes wants names of nodes and domains. */
  static boolean isSubdomain(String text) {
    return text.length() <= 253 && SUBDOMAIN.matcher(text).matches();
  }

  private static Path path(String text) {
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("a path", e);
    }
  }

  private static String domain(String text) {
    if (!isSubdomain(text)) {
      throw new IllegalArgumentException("a DNS domain like cluster.local, in lower case");
    }
    return text;
  }

  /** The registry without trailing slashes; blank for none. */
  private static String registry(String text) {
    String registry = CharMatcher.is('/').trimTrailingFrom(text.strip());
    if (registry.contains("://") || CharMatcher.whitespace().matchesAnyOf(registry)) {
      throw new IllegalArgumentException(
          "a registry like registry.example.com:5000, without a scheme");
    }
    return registry;
  }
}
