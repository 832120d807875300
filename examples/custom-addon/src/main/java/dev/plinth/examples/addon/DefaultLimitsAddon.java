package dev.plinth.examples.addon;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.ReconcilerRegistration;
import dev.plinth.config.Option;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;

/**
 * Gives every namespace with the label {@value Limits#LABEL} a LimitRange, so that containers that
 * say nothing of their memory get a default. It has no manifest: a reconciler follows the
 * namespaces.
 */
public final class DefaultLimitsAddon implements Addon {

  static final Option<Quantity> MEMORY =
      Option.of(
              "default-limits-memory",
              DefaultLimitsAddon::parseMemory,
              "256Mi",
              "Memory that a container may use if it does not say how much")
          .withConfigKey("memory");

  @Override
  public String name() {
    return "default-limits";
  }

  @Override
  public String description() {
    return "Memory limits for containers that have none, by a label of their namespace";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(MEMORY);
  }

  @Override
  public List<ReconcilerRegistration<?>> reconcilers(AddonContext context) {
    return List.of(ReconcilerRegistration.of(new DefaultLimitsReconciler(limits(context))));
  }

  /** What the reconciler has made is in no manifest, so nobody else takes it away. */
  @Override
  public void cleanUp(AddonContext context) {
    limits(context).deleteAll();
  }

  private static Limits limits(AddonContext context) {
    return new Limits(
        context.client(), context.fieldManager(), context.config().option(MEMORY).orElseThrow());
  }

  private static Quantity parseMemory(String text) {
    try {
      Quantity quantity = Quantity.parse(text);
      if (quantity.getNumericalAmount().signum() > 0) {
        return quantity;
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(EXPECTED, e);
    }
    throw new IllegalArgumentException(EXPECTED);
  }

  private static final String EXPECTED = "an amount of memory, such as 256Mi";
}
