package dev.plinth.lifecycle;

import dev.plinth.apply.ChangeTrial;
import dev.plinth.apply.ObjectOutcome;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.deploy.ManifestReconciler;
import dev.plinth.deploy.ManifestReconciler.Planned;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.SourceLocation;
import dev.plinth.overlay.OverlaidDocuments;
import dev.plinth.overlay.OverlayChoice;
import dev.plinth.overlay.OverlayChoice.Answer;
import dev.plinth.overlay.OverlayProblem;
import dev.plinth.overlay.OverlaySet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Lays the overlays that the cluster has over what one add-on declares. Belongs to the loop of the
 * add-on, and asks the API server about overlays only when they are new.
 */
final class OverlayRound {

  private final String addon;
  private final List<DeclaredManifest> manifests;
  private final Surroundings server;
  private final Warnings warnings;
  private final Warnings notRecorded;
  private Optional<Map<String, String>> asked = Optional.empty();
  private OverlayChoice choice = nothing();
  private boolean ended;

  /**
   * @param addon name of the add-on
   * @param manifests what it declares
   */
  OverlayRound(String addon, List<DeclaredManifest> manifests, Surroundings server) {
    this.addon = addon;
    this.manifests = List.copyOf(manifests);
    this.server = server;
    this.warnings = new Warnings(server.board());
    this.notRecorded = new Warnings(server.board());
  }

  /**
   * The overlays as they are to be applied now. Writes nothing.
   *
   * @throws KubernetesClientException if the server does not answer
   */
  OverlaidDocuments choose() throws InterruptedException {
    OverlaySet overlays = server.engine().overlayMaps().of(addon);
    SortedMap<String, String> newest = overlays.newest();
    if (asked.filter(newest::equals).isEmpty()) {
      choice = choose(addon, manifests, overlays, server.deployer());
      // What the server cannot tell so far is asked once more.
      asked = Optional.<Map<String, String>>of(newest).filter(it -> choice.certain());
    }
    warn(warnings, choice.problems().stream().map(OverlayProblem::message).toList());
    return choice.documents();
  }

  /** Records in the cluster what is in force, once it is certain that it works. */
  void record() {
    if (!choice.certain()) {
      return;
    }
    try {
      server.engine().overlayMaps().record(addon, choice.inForce(), server.deployer().api());
      warn(notRecorded, List.of());
    } catch (KubernetesClientException e) {
      boolean isRefused =
          e.getCode() >= HttpURLConnection.HTTP_BAD_REQUEST
              && e.getCode() < HttpURLConnection.HTTP_INTERNAL_ERROR
              && e.getCode() != HttpURLConnection.HTTP_CONFLICT;
      if (!isRefused) {
        throw e;
      }
      warn(
          notRecorded,
          List.of(
              "the overlays of add-on '%s' that are in force cannot be recorded: %s"
                  .formatted(addon, Verdict.of(e).message())));
    }
  }

  /** Has the Addons tell how their overlays stand. */
  void tell() {
    server.overlays().conclude(addon, manifests, choice.inForce().keySet(), choice.problems());
  }

  /** Takes back what it has told the operator: somebody else looks after the add-on now. */
  synchronized void end() {
    ended = true;
    warnings.are(List.of());
    notRecorded.are(List.of());
  }

  private synchronized void warn(Warnings some, List<String> now) {
    if (!ended) {
      some.are(now);
    }
  }

  /**
   * Chooses among overlays.
   *
   * @param overlays those of the add-on
   * @param deployer asked by dry run
   */
  static OverlayChoice choose(
      String addon, List<DeclaredManifest> manifests, OverlaySet overlays, Deployer deployer)
      throws InterruptedException {
    if (overlays.newest().isEmpty()) {
      return nothing();
    }
    List<ManifestDocument> declared = new ArrayList<>();
    try {
      manifests.forEach(it -> declared.addAll(deployer.manifests().documents(it)));
    } catch (ManifestException e) {
      // Told by whoever plans it; nothing is applied then.
      return new OverlayChoice(OverlaidDocuments.of(List.of()), new TreeMap<>(), false, List.of());
    }
    return OverlayChoice.of(
        addon,
        declared,
        overlays,
        (documents, places) -> ask(manifests, documents, places, deployer));
  }

  private static Answer ask(
      List<DeclaredManifest> manifests,
      OverlaidDocuments documents,
      Set<SourceLocation> places,
      Deployer deployer)
      throws InterruptedException {
    ChangeTrial trial = new ChangeTrial(deployer.api());
    List<ObjectOutcome> refused = new ArrayList<>();
    boolean certain = true;
    for (DeclaredManifest manifest : manifests) {
      Planned planned = deployer.manifests().plan(manifest, documents::over);
      ChangeTrial.Result result = trial.of(planned.changes(), places);
      refused.addAll(result.refused());
      certain &= result.certain();
    }
    return new Answer(
        refused.isEmpty() ? Optional.empty() : Optional.of(ManifestReconciler.describe(refused)),
        certain);
  }

  private static OverlayChoice nothing() {
    return new OverlayChoice(OverlaidDocuments.of(List.of()), new TreeMap<>(), true, List.of());
  }
}
