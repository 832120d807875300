package dev.plinth.addon;

import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.PlannedObject;
import dev.plinth.config.OptionOwner;
import dev.plinth.config.ServerConfig;
import dev.plinth.manifest.ObjectReference;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A packaged component of a server. Found by {@link java.util.ServiceLoader} or handed to the
 * {@link AddonCatalog}; an add-on that has only YAML implements {@link #name}, {@link #description}
 * and {@link #manifests}.
 *
 * <p>Instances carry no state of a running server: Plinth may call every method several times, from
 * several threads, and one instance may serve several servers in one JVM.
 */
public interface Addon extends OptionOwner {

  /** The name that {@code --disable} takes; a DNS label, unique in the catalogue. */
  @Override
  String name();

  /** One line for tables and {@code --help}. */
  String description();

  /** Capabilities it offers besides its own name, e.g. {@code helm.cattle.io/v1}. */
  default Set<String> provides() {
    return Set.of();
  }

  /**
   * Capabilities or add-on names it cannot work without; if one is disabled, this add-on is
   * blocked.
   */
  default Set<String> requires() {
    return Set.of();
  }

  /** The role it fills, if any. */
  default Optional<Slot> slot() {
    return Optional.empty();
  }

  /**
   * The flag besides {@code --disable} that switches it off under this configuration, as the user
   * typed it (e.g. {@code --disable-helm-controller}); empty if none does.
   */
  default Optional<String> disabledBy(ServerConfig config) {
    return Optional.empty();
  }

  /**
   * The manifests it ships, rendered for this configuration. Without the cluster, and without files
   * but those that the user put into the data directory.
   *
   * @throws RuntimeException if a template and its variables do not fit each other; the start fails
   *     with it
   */
  default List<PackagedManifest> manifests(ServerConfig config) {
    return List.of();
  }

  /** Definitions that must be served before its manifests are applied or its reconcilers start. */
  default List<CustomResourceDefinition> customResourceDefinitions() {
    return List.of();
  }

  /**
   * Looks at the cluster before the first apply of its manifests in this process, for what would
   * come to harm by it, such as an older version whose users have to migrate first. Writes nothing.
   * As long as there is something, the add-on is BLOCKED and nothing of it is applied or taken
   * away; it is asked again from time to time. Not asked while all objects of its manifests are in
   * the cluster as declared.
   *
   * @return empty if nothing is in the way
   * @throws InterruptedException if the server is closed meanwhile
   */
  default Optional<Obstacle> obstacle(AddonContext context) throws InterruptedException {
    return Optional.empty();
  }

  /**
   * What there is in the cluster of a K3s that runs the same component, besides Addons and
   * definitions, which Plinth knows itself: such as objects that K3s's controller keeps. Looked for
   * before anything is written; if there is something and that K3s is alive, the add-on is BLOCKED,
   * and nothing of it is touched. What a K3s has left that is not alive is the add-on's own to take
   * over. Writes nothing.
   *
   * @return what was found, e.g. {@code DaemonSet kube-system/x}; empty if nothing
   */
  default Optional<String> tracesOfK3s(AddonContext context) {
    return Optional.empty();
  }

  /**
   * Runs before the first apply of its manifests in this process, when it is certain that no
   * foreign object is in the way; must be idempotent. A failure is the add-on's alone and is
   * retried. Not called as long as all objects of its manifests are in the cluster as declared.
   *
   * @throws InterruptedException if the server is closed meanwhile
   */
  default void prepare(AddonContext context) throws InterruptedException {}

  /** The reconcilers to run while it is enabled. */
  default List<ReconcilerRegistration<?>> reconcilers(AddonContext context) {
    return List.of();
  }

  /**
   * What its reconcilers would do if a plan came about, in the order in which they would do it.
   * Writes nothing, neither to the cluster nor to the data directory. Called for an enabled add-on,
   * after everything that manifests declare has been planned; perhaps on a cluster that does not
   * serve the add-on's own definitions yet. A failure becomes a warning of the plan.
   *
   * @param planned the objects that the plan creates, changes or deletes, as they would be then
   * @throws InterruptedException if interrupted
   */
  default List<ObjectPreview> plan(AddonContext context, List<PlannedObject> planned)
      throws InterruptedException {
    return List.of();
  }

  /**
   * Takes away what the add-on made outside its manifests, before these are removed; called when it
   * is disabled and may find nothing to do. Must be idempotent.
   *
   * @throws InterruptedException if the server is closed meanwhile
   */
  default void cleanUp(AddonContext context) throws InterruptedException {}

  /**
   * Deletes what the add-on made outside its manifests and users may have put work of their own
   * into, such as definitions. Called after everything else is gone, in this start or an earlier
   * one, if the user consents with {@code --delete-protected}. Must be idempotent.
   *
   * @throws InterruptedException if the server is closed meanwhile
   */
  default void deleteProtected(AddonContext context) throws InterruptedException {}

  /**
   * What {@link #deleteProtected} would delete now: the user is told of it when the add-on is
   * disabled without that consent. Without the definitions of {@link #customResourceDefinitions}
   * and what manifests declare, which Plinth knows itself. Writes nothing.
   *
   * @throws InterruptedException if the server is closed meanwhile
   */
  default List<ObjectReference> protectedObjects(AddonContext context) throws InterruptedException {
    return List.of();
  }

  /** A check of its function that must pass before it counts as ready. */
  default Optional<FunctionalProbe> probe() {
    return Optional.empty();
  }

  /**
   * Images that it runs under this configuration and that its manifests do not show (those are
   * found by reading the manifests), e.g. those of pods that its reconcilers create.
   */
  default List<String> images(ServerConfig config) {
    return List.of();
  }
}
