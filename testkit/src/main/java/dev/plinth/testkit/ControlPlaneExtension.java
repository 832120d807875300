package dev.plinth.testkit;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.SimulatedNode;
import dev.plinth.controlplane.tools.Toolbox;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts a control plane before the first test that needs one. Besides the form of an annotation,
 * {@link WithControlPlane}, there is that of a static field, for what an annotation can not say:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final ControlPlaneExtension CONTROL_PLANE =
 *     ControlPlaneExtension.fresh(builder -> builder.serviceCidrs("10.43.0.0/16", "fd43::/112"));
 * }</pre>
 *
 * <p>The first use of a version builds the programs, which takes minutes. JUnit's own time-outs do
 * not hit that, as it happens outside of test and life cycle methods; its limit is the
 * configuration parameter {@value #BUILD_TIMEOUT}, an ISO 8601 duration such as {@code PT30M}.
 */
public final class ControlPlaneExtension implements BeforeAllCallback, ParameterResolver {
  /** Name of the configuration parameter for the longest time that a build may take; 20 minutes. */
  public static final String BUILD_TIMEOUT = "plinth.testkit.build-timeout";

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(ControlPlaneExtension.class);

  private final Optional<Demand> programmatic;
  private volatile ControlPlane current;

  /** For JUnit, which makes one for the annotation. Use {@link #shared()} or {@link #fresh}. */
  public ControlPlaneExtension() {
    this(Optional.empty());
  }

  private ControlPlaneExtension(Optional<Demand> programmatic) {
    this.programmatic = programmatic;
  }

  /** The control plane that all classes of this JVM share, with what they have left in it. */
  public static ControlPlaneExtension shared() {
    return new ControlPlaneExtension(Optional.of(new Demand(false, 0, builder -> {})));
  }

  /**
   * A control plane that is the class's own, and ends with it.
   *
   * @param configuration is given the builder before the start
   */
  public static ControlPlaneExtension fresh(Consumer<ControlPlane.Builder> configuration) {
    return new ControlPlaneExtension(Optional.of(new Demand(true, 0, configuration)));
  }

  /** What a test class asks for. */
  private record Demand(boolean fresh, int nodes, Consumer<ControlPlane.Builder> configuration) {
    static Demand of(WithControlPlane annotation) {
      return new Demand(annotation.fresh(), annotation.nodes(), builder -> {});
    }
  }

  /** A control plane in the store of a class, which must not close it. */
  private record Access(ControlPlane controlPlane) {}

  @Override
  public void beforeAll(ExtensionContext context) {
    ExtensionContext.Store store = context.getStore(NAMESPACE);
    Access inherited = store.get(Access.class, Access.class);
    WithControlPlane annotation =
        context.getRequiredTestClass().getAnnotation(WithControlPlane.class);
    // A nested class has its enclosing class's, unless it asks for one itself.
    if (inherited != null && (programmatic.isPresent() || annotation == null)) {
      current = inherited.controlPlane();
      return;
    }
    Demand demand =
        programmatic
            .or(() -> Optional.ofNullable(annotation).map(Demand::of))
            .orElseThrow(
                () ->
                    new ExtensionConfigurationException(
                        "Use @WithControlPlane, or a static field with @RegisterExtension"));
    current = demand.fresh() ? fresh(context, demand) : shared(context, demand);
    store.put(Access.class, new Access(current));
  }

  /** The store of the class closes it after the class's last test. */
  private static ControlPlane fresh(ExtensionContext context, Demand demand) {
    ControlPlane.Builder builder = builder(context).nodes(demand.nodes());
    demand.configuration().accept(builder);
    ControlPlane started = builder.start();
    context.getStore(NAMESPACE).put(ControlPlane.class, started);
    return started;
  }

  /** The store of the whole run closes it after the last test of all. */
  private static ControlPlane shared(ExtensionContext context, Demand demand) {
    ControlPlane shared =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent("shared", first -> builder(context).start(), ControlPlane.class);
    if (demand.nodes() > 0) {
      shared.addNodes(
          IntStream.rangeClosed(1, demand.nodes()).mapToObj(SimulatedNode::numbered).toList());
    }
    return shared;
  }

  /**
   * A control plane to be configured and started by another extension, which heeds {@value
   * #BUILD_TIMEOUT}.
   */
  public static ControlPlane.Builder builder(ExtensionContext context) {
    Duration limit =
        context
            .getConfigurationParameter(BUILD_TIMEOUT, Duration::parse)
            .orElse(Toolbox.DEFAULT_BUILD_LIMIT);
    return ControlPlane.builder().toolbox(Toolbox.standard().withBuildLimit(limit));
  }

  /**
   * The control plane of the class that is running, for uses in methods without parameters.
   *
   * @throws IllegalStateException before the first test of a class
   */
  public ControlPlane controlPlane() {
    if (current == null) {
      throw new IllegalStateException(
          "There is no control plane yet: the field with @RegisterExtension must be static");
    }
    return current;
  }

  /** A client with all rights, which is not to be closed. */
  public KubernetesClient client() {
    return controlPlane().client();
  }

  /** A kubeconfig file with all rights. */
  public Path kubeconfig() {
    return controlPlane().kubeconfig();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == ControlPlane.class
        || type == KubernetesClient.class
        || (type == Path.class && parameter.isAnnotated(Kubeconfig.class));
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    ControlPlane controlPlane =
        context.getStore(NAMESPACE).get(Access.class, Access.class).controlPlane();
    Class<?> type = parameter.getParameter().getType();
    if (type == ControlPlane.class) {
      return controlPlane;
    }
    return type == KubernetesClient.class ? controlPlane.client() : controlPlane.kubeconfig();
  }
}
