package dev.plinth.health;

import static dev.plinth.health.Health.inProgress;
import static java.util.Map.entry;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Tells the health of an object from the object alone, by rules like those of kstatus. Pure and
 * thread-safe: call it with every state of an object that a watch shows.
 *
 * <p>For every kind, an object with a deletion timestamp is TERMINATING, and one whose controller
 * has not seen its newest generation is IN_PROGRESS. Then the rule of its kind decides, whatever
 * its API version. A kind without a rule goes by the conditions that the API conventions know:
 * {@code Stalled}, {@code Reconciling} and {@code Ready}; without them it is CURRENT. (So a custom
 * resource that is not CURRENT before its controller has seen it needs a default in its definition:
 * {@code status: {observedGeneration: -1}}.)
 *
 * <p>Where the rules differ from kstatus:
 *
 * <ul>
 *   <li>A running Job is IN_PROGRESS, not CURRENT: a Job is there to finish, and what it prepares
 *       is not there before.
 *   <li>A failed Pod is FAILED, not CURRENT. A Pod that crashes, cannot pull its image or cannot be
 *       scheduled is IN_PROGRESS, not FAILED, with the cause as message: that heals by itself once
 *       the API server, the registry or a node is there, as is usual while a cluster starts.
 *   <li>A StatefulSet updated on deletion only still needs its replicas ready.
 *   <li>A Service of type LoadBalancer needs an address if somebody is there to give it one.
 *   <li>There are rules for APIService, Namespace, and K3s's Addons, HelmCharts and
 *       HelmChartConfigs.
 * </ul>
 */
public final class HealthRules {

  private static final Rule OTHERS = new ReadyConditionRule();

  private final Map<GroupKind, Rule> rules;

  /** The rules under these circumstances. */
  public HealthRules(HealthContext context) {
    this(() -> context);
  }

  /** The rules under the circumstances at each time. */
  public HealthRules(Supplier<HealthContext> context) {
    rules =
        Map.ofEntries(
            entry(new GroupKind("apps", "Deployment"), new OnceObservedRule(new DeploymentRule())),
            entry(
                new GroupKind("apps", "StatefulSet"), new OnceObservedRule(new StatefulSetRule())),
            entry(new GroupKind("apps", "DaemonSet"), new OnceObservedRule(new DaemonSetRule())),
            entry(new GroupKind("apps", "ReplicaSet"), new OnceObservedRule(new ReplicaSetRule())),
            entry(new GroupKind("batch", "Job"), new JobRule()),
            entry(new GroupKind("batch", "CronJob"), new CronJobRule()),
            entry(new GroupKind("networking.k8s.io", "Ingress"), new IngressRule()),
            entry(
                new GroupKind("policy", "PodDisruptionBudget"),
                new OnceObservedRule(new PodDisruptionBudgetRule())),
            entry(new GroupKind("", "Pod"), new PodRule()),
            entry(new GroupKind("", "PersistentVolumeClaim"), new PersistentVolumeClaimRule()),
            entry(new GroupKind("", "Service"), new ServiceRule(context)),
            entry(new GroupKind("", "Namespace"), new NamespaceRule()),
            entry(
                new GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"),
                new CustomResourceDefinitionRule()),
            entry(new GroupKind("apiregistration.k8s.io", "APIService"), new ApiServiceRule()),
            entry(new GroupKind("k3s.cattle.io", "Addon"), new AddonRule()),
            entry(new GroupKind("helm.cattle.io", "HelmChart"), new HelmChartRule()),
            entry(new GroupKind("helm.cattle.io", "HelmChartConfig"), new HelmChartConfigRule()));
  }

  /**
   * The health of an object as the API server shows it. Never throws for what the object holds:
   * fields that are missing or of an unexpected type count as absent.
   */
  public Health evaluate(GenericKubernetesResource resource) {
    LiveObject object = LiveObject.of(resource);
    Rule rule = rules.getOrDefault(GroupKind.of(resource), OTHERS);
    if (object.deleting()) {
      return rule.judgeDeleting(object);
    }
    long observed = object.observedGeneration().orElse(object.generation());
    if (observed < object.generation()) {
      return inProgress(
          "NotObserved",
          "its controller has seen generation %d of %d".formatted(observed, object.generation()));
    }
    return rule.judge(object);
  }

  private record GroupKind(String group, String kind) {

    static GroupKind of(GenericKubernetesResource resource) {
      String apiVersion = String.valueOf(resource.getApiVersion());
      int slash = apiVersion.indexOf('/');
      return new GroupKind(
          slash < 0 ? "" : apiVersion.substring(0, slash), String.valueOf(resource.getKind()));
    }
  }
}
