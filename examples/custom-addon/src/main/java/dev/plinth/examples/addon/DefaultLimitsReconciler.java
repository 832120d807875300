package dev.plinth.examples.addon;

import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.Namespace;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Keeps the LimitRange of each namespace as the namespace's label asks. */
@ControllerConfiguration(name = "default-limits", generationAwareEventProcessing = false)
final class DefaultLimitsReconciler implements Reconciler<Namespace> {

  private final Limits limits;

  DefaultLimitsReconciler(Limits limits) {
    this.limits = limits;
  }

  /** A LimitRange that somebody changes or deletes makes its namespace due. */
  @Override
  public List<EventSource<?, Namespace>> prepareEventSources(
      EventSourceContext<Namespace> context) {
    return List.of(
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(LimitRange.class, Namespace.class)
                .withName("limit-ranges")
                .withWatchAllNamespaces()
                .withLabelSelector(Limits.OWNER_LABEL + "=" + Limits.OWNER)
                .withSecondaryToPrimaryMapper(
                    it -> Set.of(new ResourceID(it.getMetadata().getNamespace())))
                .build(),
            context));
  }

  @Override
  public UpdateControl<Namespace> reconcile(Namespace namespace, Context<Namespace> context) {
    Optional<LimitRange> live = context.getSecondaryResource(LimitRange.class);
    if (namespace.isMarkedForDeletion()) {
      return UpdateControl.noUpdate();
    }
    if (!"true".equals(namespace.getMetadata().getLabels().get(Limits.LABEL))) {
      live.ifPresent(limits::delete);
    } else if (live.filter(limits::isAsDesired).isEmpty()) {
      limits.apply(namespace.getMetadata().getName());
    }
    return UpdateControl.noUpdate();
  }
}
