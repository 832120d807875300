package dev.plinth.lifecycle;

import dev.plinth.addon.PackagedManifest;
import dev.plinth.addon.Selection;
import dev.plinth.apply.DeleteRules;
import dev.plinth.apply.ObjectOutcome;
import dev.plinth.apply.ObjectOutcome.Action;
import dev.plinth.deploy.AddonResource;
import dev.plinth.deploy.ManifestReconciler;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.manifest.StagingOutcome.ObsoleteFile;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The loop that takes one file away which an older version staged and this one does not ship, with
 * its objects; without them if they are declared by another file now.
 */
final class FileRemoval implements ReconcileQueue.Task {

  private final ObsoleteFile file;
  private final Declarations declarations;
  private final DeleteRules rules;
  private final ManifestStaging staging;
  private final Surroundings server;
  private final Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(60));

  FileRemoval(
      ObsoleteFile file,
      Declarations declarations,
      DeleteRules rules,
      ManifestStaging staging,
      Surroundings server) {
    this.file = file;
    this.declarations = declarations;
    this.rules = rules;
    this.staging = staging;
    this.server = server;
  }

  /**
   * Whether an obsolete file goes by itself: one of a disabled add-on goes with that, and one of an
   * add-on that cannot run for now stays.
   *
   * @param named the names that are disabled, or of which another server has an add-on
   */
  static boolean isDue(ObsoleteFile file, Selection selection, Set<String> named) {
    return selection
        .find(file.addon())
        .map(Selection.Selected::enabled)
        .orElseGet(() -> !named.contains(file.addon()));
  }

  @Override
  public Optional<Duration> run() throws InterruptedException {
    try {
      List<ObjectOutcome> failures =
          removeObjects().stream().filter(it -> it.action() == Action.FAILED).toList();
      if (failures.isEmpty()) {
        staging.remove(file.file());
        return Optional.empty();
      }
      server
          .board()
          .warn(
              "objects of %s, which is not shipped any more, cannot be removed so far: %s"
                  .formatted(file.file(), ManifestReconciler.describe(failures)));
    } catch (KubernetesClientException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      server
          .board()
          .warn(
              "objects of %s, which is not shipped any more, cannot be removed so far: %s"
                  .formatted(file.file(), e.getMessage()));
    }
    return Optional.of(backoff.next());
  }

  /** The file's Addon is its own only if it still belongs to the add-on that staged it. */
  private List<ObjectOutcome> removeObjects() throws InterruptedException {
    String name = new PackagedManifest(file.file(), "").addonResourceName();
    Optional<AddonResource> record =
        server
            .addons()
            .find(name)
            .filter(it -> it.addon().equals(Optional.of(file.addon())))
            .filter(it -> !declarations.have(it.name()));
    return record.isEmpty()
        ? List.of()
        : server.manifests().remove(record.get(), Set.of(), rules).outcomes();
  }
}
