package dev.plinth.lifecycle;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.apply.ApplyResult;
import dev.plinth.apply.DeleteRules;
import dev.plinth.apply.ObjectOutcome;
import dev.plinth.apply.ObjectOutcome.Action;
import dev.plinth.deploy.AddonResource;
import dev.plinth.deploy.AddonResource.RecordedKind;
import dev.plinth.deploy.ManifestReconciler;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.manifest.StagingException;
import dev.plinth.member.NotPermittedException;
import dev.plinth.report.AddonState;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop that takes a disabled add-on away: its objects, its Addons, its staged files, in this
 * order, so that an interrupted removal is found again. Works from what the cluster and the data
 * directory know; neither the add-on's code nor its files need be there.
 */
final class AddonRemoval implements ReconcileQueue.Task {

  private static final Logger LOG = LoggerFactory.getLogger(AddonRemoval.class);
  private static final String REMOVAL_FAILED = "RemovalFailed";
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  /** What may be left of an earlier removal, which has deleted the Addons. */
  private static final Set<RecordedKind> PROTECTED_KINDS =
      Set.of(
          new RecordedKind("v1", "Namespace"),
          new RecordedKind("v1", "PersistentVolumeClaim"),
          new RecordedKind("apiextensions.k8s.io/v1", "CustomResourceDefinition"));

  private final String name;
  private final String flag;
  private final Optional<Addon> addon;
  private final AddonContext context;
  private final Collection<String> stagedFiles;
  private final DeleteRules rules;
  private final ManifestStaging staging;
  private final Surroundings server;
  private final Runnable gone;
  private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);

  /** The end of the Addon wakes this loop once more, when nothing is left to tell what was kept. */
  private boolean done;

  /** Whether this server has found something of it; if not, nobody is asked what is left. */
  private boolean anything;

  /**
   * @param name the add-on's name
   * @param flag the flag that disables it
   * @param addon its code, if the class path still has it
   * @param context what it works with
   * @param stagedFiles its files that are still staged
   * @param rules what may be deleted
   * @param staging where its files lie
   * @param server what the loops share
   * @param gone called once when nothing is left to do
   */
  AddonRemoval(
      String name,
      String flag,
      Optional<Addon> addon,
      AddonContext context,
      Collection<String> stagedFiles,
      DeleteRules rules,
      ManifestStaging staging,
      Surroundings server,
      Runnable gone) {
    this.name = name;
    this.flag = flag;
    this.addon = addon;
    this.context = context;
    this.stagedFiles = List.copyOf(stagedFiles);
    this.rules = rules;
    this.staging = staging;
    this.server = server;
    this.gone = gone;
  }

  @Override
  public Optional<Duration> run() throws InterruptedException {
    if (done) {
      return Optional.empty();
    }
    try {
      List<ObjectOutcome> outcomes = remove();
      List<ObjectOutcome> failures =
          outcomes.stream().filter(it -> it.action() == Action.FAILED).toList();
      if (!failures.isEmpty()) {
        boolean passing = failures.stream().allMatch(ObjectOutcome::passing);
        return again(
            new Verdict(
                passing ? AddonState.PROGRESSING : AddonState.FAILED,
                REMOVAL_FAILED,
                ManifestReconciler.describe(failures)));
      }
      if (rules.protectedAllowed() && addon.isPresent()) {
        addon.get().deleteProtected(context);
      }
      List<ObjectOutcome> kept =
          outcomes.stream().filter(it -> it.action() == Action.SKIPPED).toList();
      Set<ObjectReference> besides = keptBesides(kept);
      stagedFiles.forEach(staging::remove);
      done = true;
      finished(kept, besides);
      return Optional.empty();
    } catch (NotPermittedException e) {
      LOG.debug("Add-on {}: this server does not lead any more", name, e);
      return Optional.of(backoff.next());
    } catch (KubernetesClientException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      return again(Verdict.of(e));
    } catch (StagingException e) {
      return again(new Verdict(AddonState.PROGRESSING, REMOVAL_FAILED, e.getMessage()));
    } catch (RuntimeException | LinkageError e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      // Most likely code of the add-on: its own failure, to be seen where people look for it.
      LOG.warn("Add-on {}: unexpected failure of its removal", name, e);
      return again(Verdict.unexpected(e));
    }
  }

  private List<ObjectOutcome> remove() throws InterruptedException {
    List<AddonResource> records = new ArrayList<>(server.addons().of(name));
    List<ObjectOutcome> outcomes = new ArrayList<>();
    anything |= !records.isEmpty() || !stagedFiles.isEmpty();
    if (anything && addon.isPresent()) {
      addon.get().cleanUp(context);
    }
    Set<RecordedKind> alsoKinds = Set.of();
    if (rules.protectedAllowed()) {
      alsoKinds = PROTECTED_KINDS;
      records.addAll(withoutRecord(records));
    }
    records.sort(Comparator.comparing(AddonResource::name).reversed());
    for (AddonResource record : records) {
      ApplyResult result = server.manifests().remove(record, alsoKinds, rules);
      outcomes.addAll(result.outcomes());
    }
    if (rules.protectedAllowed()) {
      server.definitions().delete(name);
    }
    return outcomes;
  }

  /** The Addons that the add-on had, by the names of its files, and has no more. */
  private List<AddonResource> withoutRecord(List<AddonResource> records) {
    Set<String> recorded = records.stream().map(AddonResource::name).collect(toSet());
    return Stream.concat(
            Stream.of(name),
            addon.stream()
                .flatMap(it -> it.manifests(context.config()).stream())
                .map(PackagedManifest::addonResourceName))
        .distinct()
        .filter(it -> !recorded.contains(it))
        .map(it -> AddonResource.empty(it, Optional.of(name), ""))
        .toList();
  }

  /** Protected objects that no record of the add-on has. */
  private Set<ObjectReference> keptBesides(List<ObjectOutcome> kept) throws InterruptedException {
    if (!anything || rules.protectedAllowed()) {
      return Set.of();
    }
    Set<ObjectReference> besides = new LinkedHashSet<>(server.definitions().of(name));
    if (addon.isPresent()) {
      besides.addAll(addon.get().protectedObjects(context));
    }
    kept.forEach(it -> besides.remove(it.object()));
    return besides;
  }

  private void finished(List<ObjectOutcome> kept, Set<ObjectReference> besides) {
    gone.run();
    List<String> message = new ArrayList<>(List.of(flag));
    if (!kept.isEmpty()) {
      message.add(ManifestReconciler.describe(kept));
    }
    if (!besides.isEmpty()) {
      message.add(
          "%s: left, since objects of users may go with them; to consent: --delete-protected %s"
              .formatted(
                  besides.stream().map(ObjectReference::toString).collect(joining(", ")), name));
    }
    server
        .board()
        .publish(
            name,
            AddonState.DISABLED,
            "DisableFlag",
            String.join("; ", message),
            kept.size() + besides.size());
  }

  private Optional<Duration> again(Verdict verdict) {
    server.board().publish(name, verdict.state(), verdict.reason(), verdict.message(), members());
    return Optional.of(backoff.next());
  }

  private int members() {
    return server.addons().of(name).stream()
        .mapToInt(it -> server.owned().members(it.membership().applySetId()).size())
        .sum();
  }
}
