package dev.plinth.lifecycle;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import dev.plinth.addon.Addon;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.addon.Selection;
import dev.plinth.deploy.AddonEvents.Reason;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.manifest.StagingOutcome;
import dev.plinth.manifest.StagingOutcome.StagedFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is packaged on a server, put on its disk and announced, for the add-ons that run in its
 * cluster; whether this server leads or not, so that it may at any time.
 */
final class Packages {

  private static final Logger LOG = LoggerFactory.getLogger(Packages.class);

  private final Declarations declarations;
  private final ManifestStaging staging;
  private final Surroundings server;
  private Optional<Selection> done = Optional.empty();
  private LeftToOthers leftToOthers = new LeftToOthers(Map.of());
  private StagingOutcome staged = new StagingOutcome(List.of(), List.of(), Optional.empty());

  Packages(Declarations declarations, ManifestStaging staging, Surroundings server) {
    this.declarations = declarations;
    this.staging = staging;
    this.server = server;
  }

  /**
   * Has everything be there for these add-ons; does nothing if they are those of the last call.
   *
   * @throws dev.plinth.manifest.StagingException if it cannot be put on disk; the next call
   *     continues
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the cluster cannot be asked
   *     what it serves
   * @throws RuntimeException if an add-on's manifests cannot be rendered
   */
  void become(Selection selection) {
    if (done.equals(Optional.of(selection))) {
      return;
    }
    LeftToOthers others = LeftToOthers.of(selection, server.engine().discovery());
    declarations.become(
        ImmutableSet.copyOf(Iterables.concat(selection.enabled(), others.among(selection))));
    StagingOutcome now = staging.stage(declarations.toStage(), this::isStagedByK3s);
    now.unreadableRecord()
        .ifPresent(
            it ->
                server
                    .board()
                    .warn("the record of staged manifests could not be read; it is kept as " + it));
    now.files().forEach(this::tellOfEdit);
    server.engine().expect(selection);
    announce(selection, others);
    leftToOthers = others;
    staged = now;
    done = Optional.of(selection);
  }

  /** Which blocked add-ons are applied all the same. */
  LeftToOthers leftToOthers() {
    return leftToOthers;
  }

  /** What the last staging found. */
  StagingOutcome staged() {
    return staged;
  }

  /** Before the first of them is applied, all have a say on what several of them declare. */
  private void announce(Selection selection, LeftToOthers others) {
    for (Addon addon : Iterables.concat(selection.enabled(), others.among(selection))) {
      for (DeclaredManifest manifest : declarations.of(addon)) {
        try {
          server.manifests().announce(manifest);
        } catch (ManifestException e) {
          LOG.debug("Told by the loop of add-on {}", addon.name(), e);
        }
      }
    }
  }

  /** What K3s has staged and applied is nobody's edit. */
  private boolean isStagedByK3s(String file, String sha256) {
    String addon = new PackagedManifest(file, "").addonResourceName();
    return server.addons().isOfK3s(addon)
        && server.addons().find(addon).filter(it -> it.checksum().equals(sha256)).isPresent();
  }

  private String overlaysOf(String addon) {
    return OverlayFiles.directory(staging).resolve(addon).resolve("*.yaml").toString();
  }

  private void tellOfEdit(StagedFile file) {
    file.keptAside()
        .ifPresent(
            kept -> {
              String message =
                  "%s was edited; it is replaced by the packaged one, and your version kept as %s. Put such changes into an overlay, %s, or for a chart into a HelmChartConfig"
                      .formatted(file.file(), kept, overlaysOf(file.addon()));
              server.board().warn(message);
              String addon = new PackagedManifest(file.file(), "").addonResourceName();
              server
                  .addons()
                  .uid(addon)
                  .ifPresent(
                      uid -> server.events().record(addon, uid, Reason.MANIFEST_EDITED, message));
            });
  }
}
