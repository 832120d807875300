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
 * @param <P> the primary resource
 */
public record ReconcilerRegistration<P extends HasMetadata>(
    Reconciler<P> reconciler, Consumer<ControllerConfigurationOverrider<P>> settings) {

  public ReconcilerRegistration {
    requireNonNull(reconciler, "reconciler");
    requireNonNull(settings, "settings");
  }

  /** A registration with the reconciler's own settings. */
  public static <P extends HasMetadata> ReconcilerRegistration<P> of(Reconciler<P> reconciler) {
    return new ReconcilerRegistration<>(reconciler, settings -> {});
  }
}
