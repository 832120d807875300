package dev.plinth.addon;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.util.function.Consumer;

/**
 * A Java Operator SDK reconciler that an add-on brings. It runs while this server leads and the
 * add-on is enabled.
 *
 * @param reconciler the reconciler, one instance for one registration
 * @param settings what differs from the defaults: namespaces, selectors, rate limit and the like
 * @param resources what it holds besides its event sources; closed with it, also if it could not be
 *     started. Several registrations of one add-on may share them: {@code close} must bear being
 *     called again
 * @param <P> the primary resource
 */
public record ReconcilerRegistration<P extends HasMetadata>(
    Reconciler<P> reconciler,
    Consumer<ControllerConfigurationOverrider<P>> settings,
    ReconcilerResources resources) {

  public ReconcilerRegistration {
    requireNonNull(reconciler, "reconciler");
    requireNonNull(settings, "settings");
    requireNonNull(resources, "resources");
  }

  /** A registration of a reconciler that holds nothing. */
  public ReconcilerRegistration(
      Reconciler<P> reconciler, Consumer<ControllerConfigurationOverrider<P>> settings) {
    this(reconciler, settings, ReconcilerResources.NONE);
  }

  /** A registration with the reconciler's own settings. */
  public static <P extends HasMetadata> ReconcilerRegistration<P> of(Reconciler<P> reconciler) {
    return new ReconcilerRegistration<>(reconciler, settings -> {});
  }
}
