package dev.plinth.lifecycle;

import static java.util.stream.Collectors.joining;

import dev.plinth.apply.ObjectOutcome;
import dev.plinth.apply.ObjectOutcome.Action;
import dev.plinth.deploy.AddonEvents.Reason;
import dev.plinth.deploy.AddonResource;
import dev.plinth.deploy.AddonTakenException;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.deploy.ManifestReconciler;
import dev.plinth.deploy.SourceFile;
import dev.plinth.deploy.SourceRules.Absence;
import dev.plinth.files.ManifestPath;
import dev.plinth.lifecycle.NameClaims.Claimant;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.ManifestLimits;
import dev.plinth.report.AddonState;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of one Addon name that users' files have: as a rule of one file. It decides which file
 * has the name, applies that, and takes away what is disabled or removed. All that is written about
 * an Addon is written by its loop.
 */
final class FileLoop implements ReconcileQueue.Task {

  private static final Logger LOG = LoggerFactory.getLogger(FileLoop.class);
  private static final String NAME_TAKEN = "NameTaken";
  private static final String FILE_REMOVED = "FileRemoved";
  private static final String REMOVAL_FAILED = "RemovalFailed";
  private static final Duration DECIDE_AGAIN = Duration.ofMillis(20);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final String name;
  private final NameClaims claims;
  private final FileSettings settings;
  private final LoopKeys keys;
  private final String key;
  private final Surroundings server;
  private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  private final FileSources sources;
  private final Unattended unattended;
  private final Map<ManifestPath, FileRound> rounds = new HashMap<>();
  private List<ObjectOutcome> kept = List.of();
  private String elsewhere = "";

  /**
   * @param name name of the Addon
   * @param claims the files that have it
   * @param seen what was seen of them
   * @param key of this loop
   */
  FileLoop(
      String name,
      NameClaims claims,
      SeenContent seen,
      FileSettings settings,
      LoopKeys keys,
      String key,
      Surroundings server) {
    this.name = name;
    this.claims = claims;
    this.settings = settings;
    this.keys = keys;
    this.key = key;
    this.server = server;
    this.sources = new FileSources(name, seen, server);
    this.unattended = new Unattended(server);
  }

  @Override
  public Optional<Duration> run() throws InterruptedException {
    NameContest contest = contest();
    try {
      Optional<Duration> again = round(contest);
      if (again.isEmpty()) {
        backoff.reset();
      }
      return again;
    } catch (AddonTakenException e) {
      LOG.debug("Addon {}: to be decided anew", name, e);
      return Optional.of(DECIDE_AGAIN);
    } catch (KubernetesClientException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      LOG.debug("Addon {}: round not finished", name, e);
      return failed(contest, Verdict.of(e));
    } catch (RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      LOG.warn("Addon {}: unexpected failure", name, e);
      return failed(contest, Verdict.unexpected(e));
    }
  }

  /**
   * Before the first file is applied, all have a say on what several of them declare; but for those
   * that another server applies.
   */
  void announce() {
    if (sources.areOfAnother()) {
      return;
    }
    contest()
        .owner()
        .filter(it -> it.isThere() && !it.file().skipped())
        .ifPresent(it -> announce(it.file().location()));
  }

  private void announce(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > ManifestLimits.DEFAULT.bytes()) {
        return;
      }
      server
          .manifests()
          .announce(
              new DeclaredManifest(
                  name, Optional.empty(), file.toString(), Files.readString(file)));
    } catch (IOException | ManifestException e) {
      LOG.debug("Told by the round of {}", file, e);
    }
  }

  private void end() {
    new ManifestRound(server).end(AddonResource.empty(name, Optional.empty(), "").membership());
  }

  private NameContest contest() {
    Optional<ManifestPath> recorded =
        sources
            .told()
            .map(SourceFile::path)
            .or(() -> server.addons().find(name).map(AddonResource::source))
            .flatMap(settings::pathOf);
    return NameContest.of(
        claims.all(), it -> recorded.filter(it.path()::equals).isPresent(), settings.disabled());
  }

  private Optional<Duration> round(NameContest contest) throws InterruptedException {
    Optional<AddonResource> record = server.addons().find(name);
    contest.skipped().forEach(this::tellSkipped);
    Optional<Duration> again;
    Optional<String> refusal = contest.refusal(name, record, settings.reserved());
    if (refusal.isPresent()) {
      contest
          .wanting()
          .forEach(it -> publish(it, new Verdict(AddonState.FAILED, reasonOf(it), refusal.get())));
      // The Addon of an add-on that is being removed is free afterwards.
      again =
          record
              .flatMap(AddonResource::addon)
              .filter(it -> !settings.reserved().test(name))
              .map(it -> backoff.next());
    } else if (contest.owner().isPresent()) {
      keys.put(AddonResource.empty(name, Optional.empty(), "").membership(), key);
      again = own(contest.owner().get(), contest.others());
    } else {
      again = remove(contest, record);
    }
    if (again.isEmpty() || contest.wanting().findAny().isPresent()) {
      Optional<Duration> unlinked = unlink(contest.disabled());
      again = again.or(() -> unlinked);
      contest.removed().forEach(this::forget);
    }
    return again;
  }

  private static String reasonOf(Claimant file) {
    return file.path().invalidAddonName().isPresent() ? "InvalidName" : NAME_TAKEN;
  }

  private Optional<Duration> own(Claimant owner, List<Claimant> others)
      throws InterruptedException {
    if (!owner.isThere()) {
      others.forEach(
          it ->
              publish(
                  it,
                  new Verdict(
                      AddonState.PROGRESSING,
                      NAME_TAKEN,
                      "the Addon '%s' belongs to %s, which may come back"
                          .formatted(name, owner.path()))));
      return Optional.empty();
    }
    others.forEach(
        it ->
            publish(
                it,
                new Verdict(
                    AddonState.FAILED, NAME_TAKEN, NameContest.taken(name, owner.path().path()))));
    if (owner.file().skipped()) {
      rounds.clear();
      tellSkipped(owner);
      end();
      Absence absence = sources.leave();
      sources.tellGone();
      if (absence instanceof Absence.Last || absence instanceof Absence.Left) {
        unattended.tell(
            name, "SkipFile", "a .skip file asks not to apply it; its objects are left");
      }
      return Optional.empty();
    }
    String notes =
        others.stream()
            .map(it -> "%s has the same name and is not applied: rename it".formatted(it.path()))
            .collect(joining("; "));
    boolean isTold = server.addons().says(name, notes);
    rounds.keySet().retainAll(List.of(owner.path()));
    FileRound round =
        rounds.computeIfAbsent(
            owner.path(),
            it ->
                new FileRound(
                    owner.file(), settings.prune(), settings.rulesOf(name), sources, server));
    Optional<Duration> again = round.run(owner.file().look(), notes);
    if (!notes.isEmpty() && !isTold && server.addons().says(name, notes)) {
      server
          .addons()
          .uid(name)
          .ifPresent(uid -> server.events().record(name, uid, Reason.NAME_TAKEN, notes));
    }
    return again;
  }

  /** Nobody has the name any more: what was there goes, if it was disabled or may be pruned. */
  private Optional<Duration> remove(NameContest contest, Optional<AddonResource> record)
      throws InterruptedException {
    rounds.clear();
    end();
    elsewhere = "";
    if (record.isEmpty() || record.get().addon().isPresent()) {
      return Optional.empty();
    }
    keys.put(record.get().membership(), key);
    Optional<ManifestPath> told = sources.told().map(SourceFile::path).flatMap(settings::pathOf);
    boolean wasGone = sources.told().filter(it -> !it.isThere()).isPresent();
    boolean isDisabled =
        Stream.concat(
                Stream.concat(contest.disabled().stream(), contest.removed().stream())
                    .map(Claimant::path),
                told.stream())
            .anyMatch(it -> it.disabledBy(settings.disabled()).isPresent());
    boolean isRemoved =
        wasGone
            || told.or(() -> settings.pathOf(record.get().source()))
                .filter(it -> contest.removed().stream().map(Claimant::path).anyMatch(it::equals))
                .isPresent();
    boolean isOurs = sources.areOurs();
    boolean hadFile = sources.told().filter(SourceFile::isThere).isPresent();
    Absence absence = sources.leave();
    if (!(absence instanceof Absence.Last)) {
      elsewhere = describe(absence);
      if (absence instanceof Absence.Left) {
        unattended.tell(
            name,
            FILE_REMOVED,
            "its file on %s is gone; %s".formatted(server.nodeName(), elsewhere));
      }
      if (isDisabled && hadFile) {
        tellDisableDiffers();
      }
      return Optional.empty();
    }
    if (!isDisabled && !(isRemoved && isOurs && settings.prune())) {
      if (isRemoved && isOurs) {
        sources.tellGone();
        unattended.tell(name, FILE_REMOVED, "its file is gone; its objects are left");
      }
      return Optional.empty();
    }
    List<ObjectOutcome> outcomes =
        server.manifests().remove(record.get(), List.of(), settings.rulesOf(name)).outcomes();
    List<ObjectOutcome> failures =
        outcomes.stream().filter(it -> it.action() == Action.FAILED).toList();
    if (!failures.isEmpty()) {
      boolean passing = failures.stream().allMatch(ObjectOutcome::passing);
      return failed(
          contest,
          new Verdict(
              passing ? AddonState.PROGRESSING : AddonState.FAILED,
              REMOVAL_FAILED,
              ManifestReconciler.describe(failures)));
    }
    kept = outcomes.stream().filter(it -> it.action() == Action.SKIPPED).toList();
    return Optional.empty();
  }

  private static String describe(Absence absence) {
    if (absence instanceof Absence.HandOver handOver) {
      return "%s, which takes it over".formatted(have(handOver.to()));
    } else if (absence instanceof Absence.Left left) {
      return "%s with other content: the objects are left".formatted(have(left.others()));
    }
    return "%s applies its own file of that name".formatted(((Absence.OfAnother) absence).winner());
  }

  /** Told when the file goes from this server, and so only once. */
  private void tellDisableDiffers() {
    server
        .addons()
        .uid(name)
        .ifPresent(
            uid ->
                server
                    .events()
                    .record(
                        name,
                        uid,
                        Reason.DISABLE_DIFFERS,
                        "--disable on %s has its file removed there alone; %s"
                            .formatted(server.nodeName(), elsewhere)));
  }

  private static String have(List<SourceFile> files) {
    return files.stream()
        .map(it -> "%s has %s".formatted(it.instance(), it.path()))
        .collect(joining(", "));
  }

  /** After the objects and the Addon, so that an interrupted removal is found again. */
  private Optional<Duration> unlink(List<Claimant> disabled) {
    Optional<Duration> again = Optional.empty();
    for (Claimant it : disabled) {
      try {
        if (!it.file().linked()) {
          Files.deleteIfExists(it.file().location());
        }
        tellDisabled(it);
      } catch (IOException e) {
        publish(
            it,
            new Verdict(
                AddonState.FAILED,
                REMOVAL_FAILED,
                "%s cannot be deleted: %s".formatted(it.file().location(), e.getMessage())));
        again = Optional.of(backoff.next());
      }
    }
    return again;
  }

  private void forget(Claimant gone) {
    claims.forget(gone.path());
    if (gone.path().disabledBy(settings.disabled()).isEmpty()) {
      server.board().forgetFile(gone.path().path());
    } else {
      tellDisabled(gone);
    }
  }

  private Optional<Duration> failed(NameContest contest, Verdict verdict) {
    Stream.of(contest.owner().stream(), contest.disabled().stream(), contest.removed().stream())
        .flatMap(it -> it)
        .forEach(it -> publish(it, verdict));
    return Optional.of(backoff.next());
  }

  private void tellSkipped(Claimant file) {
    publish(
        file,
        new Verdict(
            AddonState.DISABLED,
            "SkipFile",
            "a .skip file asks not to apply it; its objects are left as they are"));
  }

  private void tellDisabled(Claimant file) {
    file.path()
        .disabledBy(settings.disabled())
        .ifPresent(
            it ->
                publish(
                    file,
                    new Verdict(
                        AddonState.DISABLED,
                        "DisableFlag",
                        Stream.of("--disable " + it, describeKept(), elsewhere)
                            .filter(part -> !part.isEmpty())
                            .collect(joining("; ")))));
  }

  private String describeKept() {
    return kept.isEmpty() ? "" : ManifestReconciler.describe(kept);
  }

  private void publish(Claimant file, Verdict verdict) {
    int objects =
        server
            .addons()
            .find(name)
            .filter(it -> settings.pathOf(it.source()).filter(file.path()::equals).isPresent())
            .map(it -> server.owned().members(it.membership().applySetId()).size())
            .orElse(0);
    long look = file.isThere() ? file.file().look() : Long.MAX_VALUE;
    server.board().publishFile(file.path().path(), look, verdict, objects);
  }
}
