package dev.plinth.config;

import static java.util.Objects.requireNonNull;

import com.google.common.base.MoreObjects;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import com.google.common.net.InetAddresses;
import dev.plinth.config.Settings.Given;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The configuration of a server: immutable, complete, validated. Two are equal if a server behaves
 * alike under them and would warn of the same.
 */
public final class ServerConfig {

  private static final String SECRET = "(secret)";

  private final Values values;
  private final ImmutableListMultimap<String, ExplainedOption.Given> given;

  /**
   * @param given by option, the values that count and where they were given
   */
  private ServerConfig(Values values, ImmutableListMultimap<String, ExplainedOption.Given> given) {
    this.values = values;
    this.given = given;
  }

  /** A configuration made by a program, by the same rules as one that is read. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads arguments, environment and configuration files where K3s looks: {@code
   * /etc/rancher/k3s/config.yaml} if neither {@code K3S_CONFIG_FILE} nor {@code --config} names
   * another, and {@code /var/lib/rancher/k3s} if none names the data directory. A host that looks
   * elsewhere uses a {@link ConfigurationReader}.
   *
   * @param owners who declares options: the add-ons, and the host for flags of its own
   * @throws ConfigurationException if something given cannot be used
   */
  public static ServerConfig fromArgs(Iterable<? extends OptionOwner> owners, String... args) {
    return ConfigurationReader.of(owners)
        .withEnvironment(System.getenv())
        .withDefaultConfigFile(Path.of("/etc/rancher/k3s/config.yaml"))
        .withDefaultDataDir(Path.of("/var/lib/rancher/k3s"))
        .read(args);
  }

  /** Names given to {@code --disable}, trimmed, without empty items, in the order given. */
  public Set<String> disable() {
    return values.disable;
  }

  /** The node's name, a lower-case RFC 1123 subdomain; what the host hands to its kubelet. */
  public String nodeName() {
    return values.nodeName;
  }

  /** The data directory, absolute; manifests lie in {@code server/manifests} below it. */
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

  /** The networks of pods in CIDR notation, one or one of each family; never empty. */
  public List<String> clusterCidrs() {
    return values.clusterCidrs;
  }

  /** The networks of services in CIDR notation, one or one of each family; never empty. */
  public List<String> serviceCidrs() {
    return values.serviceCidrs;
  }

  /** The registry that all packaged images come from, without a trailing slash. */
  public Optional<String> systemDefaultRegistry() {
    return values.systemDefaultRegistry;
  }

  /** What happens when somebody else changes an object, unless the object says otherwise. */
  public DriftPolicy drift() {
    return values.drift;
  }

  /** Whether removing a manifest deletes what it declared. */
  public boolean pruneRemovedManifests() {
    return values.pruneRemovedManifests;
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

  /**
   * Every option with its values and where they come from: Plinth's first, then by owner as given.
   *
   * @param owners who declares options besides Plinth
   */
  public List<ExplainedOption> explain(Iterable<? extends OptionOwner> owners) {
    List<ExplainedOption> explained = new ArrayList<>();
    ownValues().forEach((option, own) -> explained.add(explain(PlinthOptions.OWNER, option, own)));
    for (OptionOwner owner : owners) {
      for (Option<?> option : owner.options()) {
        explained.add(explain(owner.name(), option, textsOf(option)));
      }
    }
    return List.copyOf(explained);
  }

  private ExplainedOption explain(String owner, Option<?> option, List<?> shown) {
    return new ExplainedOption(
        option.name(),
        owner,
        shown.stream().map(it -> option.isSecret() ? SECRET : it.toString()).toList(),
        given.get(option.name()));
  }

  private Map<Option<?>, List<?>> ownValues() {
    return ImmutableMap.<Option<?>, List<?>>builder()
        .put(PlinthOptions.DATA_DIR, List.of(values.dataDir))
        .put(PlinthOptions.NODE_NAME, List.of(values.nodeName))
        .put(PlinthOptions.CLUSTER_CIDR, values.clusterCidrs)
        .put(PlinthOptions.SERVICE_CIDR, values.serviceCidrs)
        .put(PlinthOptions.CLUSTER_DNS, values.clusterDns)
        .put(PlinthOptions.CLUSTER_DOMAIN, List.of(values.clusterDomain))
        .put(PlinthOptions.DISABLE, List.copyOf(values.disable))
        .put(PlinthOptions.SYSTEM_DEFAULT_REGISTRY, values.systemDefaultRegistry.stream().toList())
        .put(PlinthOptions.DRIFT, List.of(Option.written(values.drift)))
        .put(PlinthOptions.PRUNE_REMOVED_MANIFESTS, List.of(values.pruneRemovedManifests))
        .put(PlinthOptions.DELETE_PROTECTED, List.copyOf(values.deleteProtected))
        .buildOrThrow();
  }

  private List<String> textsOf(Option<?> option) {
    List<String> given = values.options.get(option.name());
    return given != null ? given : Optional.ofNullable(option.defaultText()).stream().toList();
  }

  /**
   * What all servers of a cluster must agree on: flags with their values, defaults included, as
   * texts that are equal if the values are. Secret values are left out.
   *
   * @param owners who declares options besides Plinth
   */
  public SortedMap<String, String> agreedBetweenServers(Iterable<? extends OptionOwner> owners) {
    SortedMap<String, String> agreed = new TreeMap<>();
    ownValues().forEach((option, own) -> agree(agreed, option, own));
    for (OptionOwner owner : owners) {
      owner.options().forEach(it -> agree(agreed, it, options(it)));
    }
    return agreed;
  }

  private static void agree(Map<String, String> agreed, Option<?> option, List<?> values) {
    if (option.mustAgree() && !option.isSecret()) {
      agreed.put(
          "--" + option.name(),
          values.stream().map(String::valueOf).collect(Collectors.joining(",")));
    }
  }

  /** One line each for what was accepted but should be known: empty items, dropped keys. */
  public List<String> warnings() {
    return values.warnings;
  }

  /** Known flags and keys of K3s that were given and have no effect here, each once, in order. */
  public Set<String> ignoredKeys() {
    return values.ignoredKeys;
  }

  /** Arguments that neither Plinth nor an owner knows, in order, for the host to look at. */
  public List<String> remainingArguments() {
    return values.remainingArguments;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ServerConfig that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /**
   * All values but those of secret options; of arguments that nobody knows only how many there are,
   * since any of them may be a secret.
   */
  @Override
  public String toString() {
    return MoreObjects.toStringHelper(this)
        .add("nodeName", values.nodeName)
        .add("dataDir", values.dataDir)
        .add("disable", values.disable)
        .add("clusterCidrs", values.clusterCidrs)
        .add("serviceCidrs", values.serviceCidrs)
        .add("clusterDns", values.clusterDns)
        .add("clusterDomain", values.clusterDomain)
        .add("systemDefaultRegistry", values.systemDefaultRegistry.orElse("none"))
        .add("drift", values.drift)
        .add("pruneRemovedManifests", values.pruneRemovedManifests)
        .add("deleteProtected", values.deleteProtected)
        .add("options", Maps.transformEntries(values.options, this::shown))
        .add("ignoredKeys", values.ignoredKeys)
        .add("warnings", values.warnings.size())
        .add("remainingArguments", values.remainingArguments.size())
        .toString();
  }

  private Object shown(String option, List<String> texts) {
    return values.secretOptions.contains(option) ? SECRET : texts;
  }

  private record Values(
      Set<String> disable,
      String nodeName,
      Path dataDir,
      List<String> clusterDns,
      String clusterDomain,
      List<String> clusterCidrs,
      List<String> serviceCidrs,
      Optional<String> systemDefaultRegistry,
      DriftPolicy drift,
      boolean pruneRemovedManifests,
      Set<String> deleteProtected,
      Map<String, List<String>> options,
      Set<String> secretOptions,
      List<String> warnings,
      Set<String> ignoredKeys,
      List<String> remainingArguments) {}

  /**
   * Collects settings; {@link #build} completes them with defaults and checks them as if they had
   * been given as flags. A setter replaces what was set before; texts may be comma lists where the
   * flag takes those.
   */
  public static final class Builder {

    private final Settings settings = new Settings();
    private final Map<String, Option<?>> ownersOptions = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private final Set<String> ignoredKeys = new LinkedHashSet<>();
    private List<String> remainingArguments = List.of();
    private Supplier<String> hostName = new HostName();
    private Optional<Path> defaultDataDir = Optional.empty();

    private Builder() {}

    /** The add-ons that must not run; none by default. */
    public Builder disable(String... names) {
      return set(PlinthOptions.DISABLE, names);
    }

    /** The node's name; by default the host's. */
    public Builder nodeName(String nodeName) {
      return set(PlinthOptions.NODE_NAME, nodeName);
    }

    /** Where the default of the node's name comes from, instead of the operating system. */
    public Builder hostName(Supplier<String> hostName) {
      this.hostName = requireNonNull(hostName, "hostName");
      return this;
    }

    /** The data directory; required. */
    public Builder dataDir(Path dataDir) {
      return set(PlinthOptions.DATA_DIR, dataDir.toString());
    }

    /** The networks of pods; 10.42.0.0/16 by default. */
    public Builder clusterCidrs(String... cidrs) {
      return set(PlinthOptions.CLUSTER_CIDR, cidrs);
    }

    /** The networks of services; 10.43.0.0/16 by default. */
    public Builder serviceCidrs(String... cidrs) {
      return set(PlinthOptions.SERVICE_CIDR, cidrs);
    }

    /** The addresses of cluster DNS; by default the tenth of each service network. */
    public Builder clusterDns(String... addresses) {
      return set(PlinthOptions.CLUSTER_DNS, addresses);
    }

    /** The cluster's DNS domain; cluster.local by default. */
    public Builder clusterDomain(String clusterDomain) {
      return set(PlinthOptions.CLUSTER_DOMAIN, clusterDomain);
    }

    /** The registry that all packaged images come from; blank for none, which is the default. */
    public Builder systemDefaultRegistry(String registry) {
      return set(PlinthOptions.SYSTEM_DEFAULT_REGISTRY, registry);
    }

    /** What happens when somebody else changes an object; they are repaired by default. */
    public Builder drift(DriftPolicy drift) {
      return set(PlinthOptions.DRIFT, Option.written(drift));
    }

    /** Whether removing a manifest deletes what it declared; not by default. */
    public Builder pruneRemovedManifests(boolean prune) {
      return set(PlinthOptions.PRUNE_REMOVED_MANIFESTS, Boolean.toString(prune));
    }

    /** The add-ons whose protected kinds may be deleted; none by default. */
    public Builder deleteProtected(String... addons) {
      return set(PlinthOptions.DELETE_PROTECTED, addons);
    }

    /** An option that an add-on or the host declares; texts as a user would write them. */
    public Builder option(Option<?> option, String... texts) {
      ownersOptions.put(option.name(), option);
      return set(option, texts);
    }

    /**
     * The configuration.
     *
     * @throws ConfigurationException if something set cannot be used, the data directory is
     *     missing, or the host's name is needed and useless
     */
    public ServerConfig build() {
      List<String> all = new ArrayList<>(warnings);
      ClusterNetwork network = ClusterNetwork.of(settings, all::add);
      ImmutableMap.Builder<String, List<String>> options = ImmutableMap.builder();
      ImmutableSet.Builder<String> secretOptions = ImmutableSet.builder();
      for (Option<?> option : ownersOptions.values()) {
        List<String> texts = texts(option, all);
        if (!texts.isEmpty()) {
          options.put(option.name(), texts);
        }
        if (option.isSecret()) {
          secretOptions.add(option.name());
        }
      }
      return new ServerConfig(
          new Values(
              ImmutableSet.copyOf(values(PlinthOptions.DISABLE, all)),
              NodeName.decide(
                  settings.lastUnlessBlank(PlinthOptions.NODE_NAME), hostName, all::add),
              settings
                  .lastUnlessBlank(PlinthOptions.DATA_DIR)
                  .map(Given::value)
                  .or(() -> defaultDataDir)
                  .map(Path::toAbsolutePath)
                  .orElseThrow(() -> new ConfigurationException("no data directory is set")),
              network.clusterDns().stream().map(InetAddresses::toAddrString).toList(),
              value(PlinthOptions.CLUSTER_DOMAIN, all),
              network.clusterCidrs().stream().map(Cidr::toString).toList(),
              network.serviceCidrs().stream().map(Cidr::toString).toList(),
              settings.lastUnlessBlank(PlinthOptions.SYSTEM_DEFAULT_REGISTRY).map(Given::value),
              value(PlinthOptions.DRIFT, all),
              value(PlinthOptions.PRUNE_REMOVED_MANIFESTS, all),
              ImmutableSet.copyOf(values(PlinthOptions.DELETE_PROTECTED, all)),
              options.build(),
              secretOptions.build(),
              List.copyOf(all),
              ImmutableSet.copyOf(ignoredKeys),
              remainingArguments),
          given());
    }

    private ImmutableListMultimap<String, ExplainedOption.Given> given() {
      ImmutableListMultimap.Builder<String, ExplainedOption.Given> given =
          ImmutableListMultimap.builder();
      Stream.concat(new PlinthOptions().options().stream(), ownersOptions.values().stream())
          .forEach(option -> given.putAll(option.name(), given(option)));
      return given.build();
    }

    private List<ExplainedOption.Given> given(Option<?> option) {
      return settings.counting(option).stream()
          .map(it -> new ExplainedOption.Given(option.isSecret() ? SECRET : it.text(), it.origin()))
          .toList();
    }

    /** Adds what was read from somewhere for an option. */
    Builder add(Option<?> option, List<Setting> more) {
      settings.add(option, more);
      return this;
    }

    /** Names an option of an owner, so that it is checked and kept. */
    Builder declare(Option<?> option) {
      ownersOptions.put(option.name(), option);
      return this;
    }

    boolean isGiven(Option<?> option) {
      return settings.isGiven(option);
    }

    Builder defaultDataDir(Optional<Path> directory) {
      this.defaultDataDir = directory;
      return this;
    }

    Builder warn(String warning) {
      warnings.add(warning);
      return this;
    }

    Builder ignore(String key) {
      ignoredKeys.add(key);
      return this;
    }

    Builder remainingArguments(List<String> arguments) {
      this.remainingArguments = List.copyOf(arguments);
      return this;
    }

    private Builder set(Option<?> option, String... texts) {
      settings.replace(
          option,
          Arrays.stream(texts).map(it -> new Setting(it, "option " + option.name())).toList());
      return this;
    }

    private <T> List<T> values(Option<T> option, List<String> warnings) {
      return Given.values(settings.given(option, warnings::add));
    }

    /** The value of an option that has a default and takes one value. */
    private <T> T value(Option<T> option, List<String> warnings) {
      return values(option, warnings).stream()
          .findFirst()
          .orElseGet(() -> option.defaults().get(0));
    }

    private <T> List<String> texts(Option<T> option, List<String> warnings) {
      return settings.given(option, warnings::add).stream().map(it -> it.setting().text()).toList();
    }
  }
}
