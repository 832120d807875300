package dev.plinth.testkit.addons;

import dev.plinth.PlinthServer;
import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.report.AddonReport;
import dev.plinth.testkit.ControlPlaneExtension;
import dev.plinth.testkit.Kubeconfig;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts a cluster with add-ons before the first test of a class, and fails the class if they do
 * not become ready, with the report and its causes as the message. Besides the form of an
 * annotation, {@link WithPlinth}, there is that of a static field, whose cluster is the class's
 * own:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final PlinthExtension PLINTH =
 *     PlinthExtension.builder().addons(new CoreDnsAddon(), new ServiceLbAddon()).nodes(2).build();
 * }</pre>
 *
 * <p>Constructors and methods can have parameters of type {@link KubernetesClient} (with all
 * rights; not to be closed), {@link PlinthServer}, {@link AddonReport}, {@link ControlPlane} (where
 * one was started), {@link String} with {@link TestNamespace}, and {@link Path} with {@link
 * Kubeconfig} (where a control plane was started).
 *
 * <p>Configuration parameters of JUnit, which can be given as system properties: {@value
 * #KUBECONFIG}, {@value #PATIENCE}, {@value #KEEP}, {@value #DIRECTORY}, and {@value
 * ControlPlaneExtension#BUILD_TIMEOUT}.
 */
public final class PlinthExtension
    implements BeforeAllCallback, AfterEachCallback, ParameterResolver {

  /**
   * Name of the configuration parameter for the kubeconfig of a cluster that is there already, to
   * be used by all classes that do not name one. No control plane is started then, and what add-ons
   * and tests leave stays.
   */
  public static final String KUBECONFIG = "plinth.testkit.kubeconfig";

  /**
   * Name of the configuration parameter for what is kept when all is over: {@code never} (which is
   * the default) nothing; {@code on-failure} the data directories of clusters whose tests have
   * failed, with all logs, and the namespaces of these tests; {@code always} everything, which the
   * next run goes on with.
   */
  public static final String KEEP = "plinth.testkit.keep";

  /**
   * Name of the configuration parameter for the directory of all clusters' directories; {@code
   * target/plinth} by default.
   */
  public static final String DIRECTORY = "plinth.testkit.directory";

  /**
   * Name of the configuration parameter for how long add-ons may take until they are ready, an ISO
   * 8601 duration such as {@code PT5M}, for all classes that do not say it themselves; two minutes
   * by default.
   */
  public static final String PATIENCE = "plinth.testkit.patience";

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(PlinthExtension.class);
  private static final Duration DEFAULT_PATIENCE = Duration.ofMinutes(2);
  private static final Set<Class<?>> TYPES =
      Set.of(KubernetesClient.class, PlinthServer.class, AddonReport.class, ControlPlane.class);

  private final Optional<ClusterDemand> programmatic;

  /** For JUnit, which makes one for the annotation. Use {@link #builder()}. */
  public PlinthExtension() {
    this(Optional.empty());
  }

  private PlinthExtension(Optional<ClusterDemand> programmatic) {
    this.programmatic = programmatic;
  }

  /** A cluster to be configured. */
  public static Builder builder() {
    return new Builder();
  }

  /** The cluster that a class uses; a value in the store, which must not close it. */
  private record Access(TestCluster cluster) {}

  @Override
  public void beforeAll(ExtensionContext context) {
    Store store = context.getStore(NAMESPACE);
    WithPlinth annotation = context.getRequiredTestClass().getAnnotation(WithPlinth.class);
    Access inherited = store.get(Access.class, Access.class);
    // A nested class has its enclosing class's, unless it asks for one itself.
    if (inherited != null && (programmatic.isPresent() || annotation == null)) {
      return;
    }
    TestCluster cluster;
    if (programmatic.isPresent()) {
      String name = context.getRequiredTestClass().getSimpleName();
      cluster = start(context, programmatic.get(), name);
      store.put(TestCluster.class, cluster);
    } else if (annotation != null) {
      // Annotations that say the same are equal; the store of the whole run closes it.
      cluster =
          context
              .getRoot()
              .getStore(NAMESPACE)
              .getOrComputeIfAbsent(
                  annotation,
                  first -> start(context, ClusterDemand.of(first), nameOf(first)),
                  TestCluster.class);
    } else {
      throw new ExtensionConfigurationException(
          "Use @WithPlinth, or a static field with @RegisterExtension");
    }
    cluster.requireReady();
    store.put(Access.class, new Access(cluster));
  }

  private static TestCluster start(ExtensionContext context, ClusterDemand demand, String name) {
    Keep keep = context.getConfigurationParameter(KEEP, Keep::parse).orElse(Keep.NEVER);
    ClusterDemand located =
        context
            .getConfigurationParameter(KUBECONFIG)
            .filter(it -> !it.isBlank())
            .map(it -> demand.orOn(Path.of(it)))
            .orElse(demand);
    Duration patience =
        demand
            .patience()
            .or(() -> context.getConfigurationParameter(PATIENCE, Duration::parse))
            .orElse(DEFAULT_PATIENCE);
    return TestCluster.start(
        located,
        patience,
        ControlPlaneExtension.builder(context),
        directory(context, name, keep),
        keep);
  }

  /** One of a name that the next run finds again, if it is to be kept. */
  private static Path directory(ExtensionContext context, String name, Keep keep) {
    Path parent = Path.of(context.getConfigurationParameter(DIRECTORY).orElse("target/plinth"));
    try {
      Files.createDirectories(parent);
      return keep == Keep.ALWAYS
          ? parent.resolve(name)
          : Files.createTempDirectory(parent, name + "-");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a directory for the cluster in " + parent, e);
    }
  }

  private static String nameOf(WithPlinth annotation) {
    return "shared-" + Integer.toHexString(annotation.toString().hashCode());
  }

  /** Deletes the test's namespaces, which ends some time after this. */
  @Override
  public void afterEach(ExtensionContext context) {
    TestCluster cluster = clusterOf(context);
    boolean failed = context.getExecutionException().isPresent();
    if (failed) {
      cluster.testHasFailed();
    }
    TestNamespaces namespaces =
        context.getStore(NAMESPACE).get(TestNamespaces.class, TestNamespaces.class);
    if (namespaces != null && !cluster.keeps(failed)) {
      namespaces.delete();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return TYPES.contains(type)
        || (type == String.class && parameter.isAnnotated(TestNamespace.class))
        || (type == Path.class && parameter.isAnnotated(Kubeconfig.class));
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    TestCluster cluster = clusterOf(context);
    if (type == String.class) {
      return context
          .getStore(NAMESPACE)
          .getOrComputeIfAbsent(
              TestNamespaces.class,
              first -> new TestNamespaces(cluster.client()),
              TestNamespaces.class)
          .create(context.getTestMethod().map(it -> it.getName()).orElse("test"));
    }
    if (type == KubernetesClient.class) {
      return cluster.client();
    }
    if (type == PlinthServer.class) {
      return cluster.server();
    }
    if (type == AddonReport.class) {
      return cluster.server().status();
    }
    ControlPlane controlPlane =
        cluster
            .controlPlane()
            .orElseThrow(
                () ->
                    new ParameterResolutionException(
                        "There is no control plane: the tests use a cluster that was there"
                            + " before"));
    return type == ControlPlane.class ? controlPlane : controlPlane.kubeconfig();
  }

  private static TestCluster clusterOf(ExtensionContext context) {
    return context.getStore(NAMESPACE).get(Access.class, Access.class).cluster();
  }

  /** What a cluster shall be like. */
  public static final class Builder {

    private Supplier<AddonCatalog> addons = AddonCatalog::discover;
    private List<String> args = List.of();
    private int nodes = 1;
    private Consumer<ControlPlane.Builder> controlPlane = builder -> {};
    private Optional<Supplier<Config>> cluster = Optional.empty();
    private Optional<Duration> patience = Optional.empty();

    private Builder() {}

    /** The add-ons; by default all on the class path. */
    public Builder addons(Addon... several) {
      this.addons = () -> AddonCatalog.of(several);
      return this;
    }

    /** Flags of the server as its user types them. */
    public Builder args(String... flags) {
      this.args = List.of(flags);
      return this;
    }

    /** How many simulated nodes there are, {@code node-1} and so on; one by default. */
    public Builder nodes(int count) {
      this.nodes = count;
      return this;
    }

    /** Says what else the control plane is to be like. */
    public Builder controlPlane(Consumer<ControlPlane.Builder> configuration) {
      this.controlPlane = configuration;
      return this;
    }

    /** Uses the cluster of a kubeconfig file instead of starting a control plane. */
    public Builder kubeconfig(Path file) {
      return cluster(() -> Config.fromKubeconfig(file.toFile()));
    }

    /**
     * Uses another cluster instead of starting a control plane.
     *
     * @param access asked before the first test of the class, when e.g. a container has started
     */
    public Builder cluster(Supplier<Config> access) {
      this.cluster = Optional.of(access);
      return this;
    }

    /** How long the add-ons may take until they are ready, whatever {@link #PATIENCE} says. */
    public Builder patience(Duration time) {
      this.patience = Optional.of(time);
      return this;
    }

    /** The extension, for a static field with {@code @RegisterExtension}. */
    public PlinthExtension build() {
      return new PlinthExtension(
          Optional.of(new ClusterDemand(addons, args, nodes, controlPlane, cluster, patience)));
    }
  }
}
