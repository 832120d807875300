package dev.plinth.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The configuration of a server: immutable, complete, validated. */
public final class ServerConfig {

  private final Builder values;

  private ServerConfig(Builder values) {
    this.values = values;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Reads arguments, environment and configuration files as K3s does. */
  public static ServerConfig fromArgs(Iterable<? extends OptionOwner> owners, String... args) {
    throw new IllegalStateException("written next");
  }

  /** Names given to {@code --disable}, trimmed, without empty items, in the order given. */
  public Set<String> disable() {
    return values.disable;
  }

  /** The node's name, a lower-case RFC 1123 subdomain; what the host hands to its kubelet. */
  public String nodeName() {
    return values.nodeName;
  }

  /** The data directory; manifests lie in {@code server/manifests} below it. */
  public Path dataDir() {
    return values.dataDir;
  }

  /** Cluster DNS addresses, one or one of each family; never empty. */
  public List<String> clusterDns() {
    return values.clusterDns;
  }

  /** The cluster's DNS domain, e.g. {@code cluster.local}. */
  public String clusterDomain() {
    return values.clusterDomain;
  }

  public List<String> clusterCidrs() {
    return values.clusterCidrs;
  }

  public List<String> serviceCidrs() {
    return values.serviceCidrs;
  }

  /** The registry that all packaged images come from, without a trailing slash. */
  public Optional<String> systemDefaultRegistry() {
    return Optional.ofNullable(values.systemDefaultRegistry);
  }

  /** Add-ons whose protected kinds (Namespace, CRD, PersistentVolumeClaim) may be deleted. */
  public Set<String> deleteProtected() {
    return values.deleteProtected;
  }

  /** The single value of an option, its default if not given. */
  public <T> Optional<T> option(Option<T> option) {
    return options(option).stream().reduce((first, second) -> second);
  }

  /** All values of an option, its defaults if not given. */
  public <T> List<T> options(Option<T> option) {
    List<String> texts = values.options.get(option.name());
    return texts == null ? option.defaults() : texts.stream().map(option.parser()).toList();
  }

  /** One line each for what was accepted but should be known: empty items, dropped keys. */
  public List<String> warnings() {
    return List.of();
  }

  /** Arguments that neither Plinth nor an add-on knows, in order, for the host to look at. */
  public List<String> remainingArguments() {
    return List.of();
  }

  public static final class Builder {
    private Set<String> disable = Set.of();
    private String nodeName = "node";
    private Path dataDir;
    private List<String> clusterDns = List.of("10.43.0.10");
    private String clusterDomain = "cluster.local";
    private List<String> clusterCidrs = List.of("10.42.0.0/16");
    private List<String> serviceCidrs = List.of("10.43.0.0/16");
    private String systemDefaultRegistry;
    private Set<String> deleteProtected = Set.of();
    private Map<String, List<String>> options = Map.of();

    private Builder() {}

    public Builder disable(String... names) {
      this.disable = Set.of(names);
      return this;
    }

    public Builder nodeName(String nodeName) {
      this.nodeName = nodeName;
      return this;
    }

    public Builder dataDir(Path dataDir) {
      this.dataDir = dataDir;
      return this;
    }

    public Builder clusterDns(String... addresses) {
      this.clusterDns = List.of(addresses);
      return this;
    }

    public Builder clusterDomain(String clusterDomain) {
      this.clusterDomain = clusterDomain;
      return this;
    }

    public Builder systemDefaultRegistry(String registry) {
      this.systemDefaultRegistry = registry;
      return this;
    }

    public Builder deleteProtected(String... addons) {
      this.deleteProtected = Set.of(addons);
      return this;
    }

    public ServerConfig build() {
      return new ServerConfig(this);
    }
  }
}
