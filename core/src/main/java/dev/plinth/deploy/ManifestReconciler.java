package dev.plinth.deploy;

import dev.plinth.apply.ApplyEngine;
import dev.plinth.apply.ApplyResult;
import dev.plinth.apply.ChangePlanner;
import dev.plinth.apply.ChangePreview;
import dev.plinth.apply.ChangeSet;
import dev.plinth.apply.DeleteRules;
import dev.plinth.apply.Membership;
import dev.plinth.apply.ObjectClaims;
import dev.plinth.apply.ObjectOutcome;
import dev.plinth.apply.ObjectOutcome.Action;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.cluster.Discovery;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.OwnedObjects;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.deploy.AddonEvents.Reason;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.ManifestParser;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.manifest.SourceLocation;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the cluster hold what a manifest file declares, and its Addon tell so. Planning and
 * applying are two calls, so that all files of an add-on can be looked at before any is applied.
 *
 * <p>Before the first object of a new kind or namespace is written the Addon says that the set may
 * hold such (KEP-3659); it forgets kinds and namespaces only after everything is applied and
 * pruned.
 */
public final class ManifestReconciler {

  private final ManifestParser parser;
  private final Discovery discovery;
  private final OwnedObjects owned;
  private final ObjectClaims claims;
  private final ChangePlanner planner;
  private final ApplyEngine engine;
  private final AddonResources addons;
  private final AddonEvents events;
  private final AddonDrift drift;
  private final Executor requests;

  public ManifestReconciler(
      ManifestParser parser,
      Discovery discovery,
      OwnedObjects owned,
      ObjectClaims claims,
      ChangePlanner planner,
      ApplyEngine engine,
      AddonResources addons,
      AddonEvents events,
      AddonDrift drift,
      Executor requests) {
    this.parser = parser;
    this.discovery = discovery;
    this.owned = owned;
    this.claims = claims;
    this.planner = planner;
    this.engine = engine;
    this.addons = addons;
    this.events = events;
    this.drift = drift;
    this.requests = requests;
  }

  /**
   * A manifest and what is to be done about it.
   *
   * @param manifest the manifest
   * @param changes what is to be done
   */
  public record Planned(DeclaredManifest manifest, ChangeSet changes) {}

  /**
   * Takes note of what a manifest declares, so that it has a say on the objects that others declare
   * too; {@link #plan} does so as well. Sends nothing. All manifests that there are at a start are
   * announced before the first is planned.
   */
  public void announce(DeclaredManifest manifest) {
    parse(manifest);
    claims.settle(manifest.membership());
  }

  /**
   * What a manifest declares, without any overlay.
   *
   * @throws ManifestException if it cannot be parsed
   */
  public List<ManifestDocument> documents(DeclaredManifest manifest) {
    return parser.parse(manifest.source(), manifest.content());
  }

  /** Takes note that a manifest has gone: what others declare too is theirs. */
  public void withdraw(Membership membership) {
    claims.withdraw(membership);
  }

  /** Where an object is declared, {@code file:line:column}; empty if nowhere. */
  public String locationOf(ObservedObject object) {
    return claims.locationOf(object).map(SourceLocation::toString).orElse("");
  }

  /** What other manifests declare, too, of all that this one has. */
  public List<AddonProblem> contested(DeclaredManifest manifest) {
    return claims.contested(manifest.membership()).stream()
        .map(
            it ->
                new AddonProblem(
                    it.object().toString(),
                    it.location().toString(),
                    Reason.OBJECT_DECLARED_TWICE.text(),
                    it.message()))
        .toList();
  }

  /**
   * Compares a manifest with the cluster; writes nothing.
   *
   * @throws dev.plinth.manifest.ManifestException if it cannot be parsed
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the cluster cannot be read
   */
  public Planned plan(DeclaredManifest manifest) throws InterruptedException {
    return plan(manifest, UnaryOperator.identity());
  }

  /**
   * As {@link #plan(DeclaredManifest)}, of what is made of the declared documents.
   *
   * @param overlay changes fields of them; which objects they are stays as it is
   */
  public Planned plan(DeclaredManifest manifest, UnaryOperator<List<ManifestDocument>> overlay)
      throws InterruptedException {
    AddonResource record = recordOf(manifest);
    Set<ResourceKind> recorded = served(record.recordedKinds());
    List<ManifestDocument> documents;
    try {
      documents = parse(manifest);
    } catch (ManifestException e) {
      watchAllTheSame(recorded, e);
      throw e;
    }
    return new Planned(
        manifest,
        planner.plan(
            record.membership(),
            overlay.apply(documents),
            recorded,
            drift.rules(manifest),
            addons.isOfK3s(manifest.name())));
  }

  /**
   * Makes a manifest the one that is in force, with an Addon that tells so and has room for all it
   * declares; {@link #apply} does so too, unless it is done. No object is written.
   *
   * @throws AddonTakenException if another server's file has come to be in force meanwhile
   */
  public void claim(Planned planned) {
    DeclaredManifest manifest = planned.manifest();
    addons.write(recordOf(manifest).widened(planned.changes().declared()), manifest.claim());
  }

  /**
   * Executes a plan and prunes what left the manifest, if everything else succeeded.
   *
   * @param rules what may be pruned
   */
  public ApplyResult apply(Planned planned, DeleteRules rules) throws InterruptedException {
    DeclaredManifest manifest = planned.manifest();
    ChangeSet changes = planned.changes();
    boolean anythingToDo = changes.bringsNews(rules);
    claims.settle(changes.membership());
    claim(planned);
    addons.writeSource(manifest);
    if (anythingToDo) {
      addons.confirm(manifest);
    }
    boolean isNews = anythingToDo && !addons.isFailing(manifest.name(), manifest.checksum());
    ApplyResult applied;
    try (SlowWork ignored = isNews ? slowWork(manifest) : null) {
      applied = engine.apply(changes);
      if (applied.complete()) {
        applied = applied.and(engine.prune(changes, rules).outcomes());
      }
    }
    if (applied.complete()) {
      addons.write(
          recordOf(manifest)
              .completed(
                  manifest.checksum(),
                  Stream.concat(
                          objectsLeft(applied.outcomes()).stream(),
                          changes.released().stream().map(ManifestReconciler::referenceTo))
                      .toList()),
          manifest.claim());
      addons.adopted(manifest.name());
      if (anythingToDo) {
        tell(manifest.name(), Reason.APPLIED_MANIFEST, "Applied manifest at " + manifest.source());
      }
    }
    drift.conclude(manifest, changes, applied);
    return applied;
  }

  /**
   * What {@link #apply} would do, the Addon first.
   *
   * @param preview the preview of the whole plan
   */
  public List<ObjectPreview> preview(Planned planned, ChangePreview preview, DeleteRules rules) {
    List<ObjectPreview> objects = new ArrayList<>();
    objects.add(
        addons.preview(
            recordOf(planned.manifest())
                .completed(planned.manifest().checksum(), planned.changes().declared())));
    objects.addAll(preview.preview(planned.changes(), rules));
    return objects;
  }

  /** What {@link #remove} would do, the Addon last. */
  public List<ObjectPreview> previewRemove(
      AddonResource record, ChangePreview preview, DeleteRules rules) {
    owned.watch(served(record.recordedKinds()));
    List<ObjectPreview> objects =
        new ArrayList<>(
            preview.previewDelete(owned.members(record.membership().applySetId()), rules));
    objects.add(addons.previewDelete(record.name()));
    return objects;
  }

  /**
   * Records a manifest that cannot be applied, so that there is an Addon to tell why.
   *
   * @param message what stands in the way; told as an event unless the Addon says so already
   */
  public void recordFailure(DeclaredManifest manifest, Reason reason, String message) {
    addons.write(recordOf(manifest), manifest.claim());
    tellOnce(manifest, "Applied", reason, message);
  }

  /**
   * Tells as an event that objects of a manifest do not get healthy, unless the Addon says so
   * already.
   *
   * @param message which objects, and the causes
   */
  public void recordUnhealthy(DeclaredManifest manifest, String message) {
    tellOnce(manifest, "Ready", Reason.OBJECT_UNHEALTHY, message);
  }

  /** Tells as an event that servers do not agree on an add-on, unless its Addon says so already. */
  public void recordDifference(DeclaredManifest manifest, String message) {
    boolean known =
        addons
            .condition(manifest.name(), Reason.DISABLE_DIFFERS.text())
            .filter(it -> it.message().equals(message))
            .isPresent();
    if (!known) {
      tell(manifest.name(), Reason.DISABLE_DIFFERS, message);
    }
  }

  /** Tells as an event which objects of a manifest others declare too, unless its Addon says so. */
  public void recordContested(DeclaredManifest manifest, List<AddonProblem> contested) {
    String known =
        addons.condition(manifest.name(), "Ready").map(AddonCondition::message).orElse("");
    String message = Enumeration.of(contested.stream().map(AddonProblem::describe).toList());
    if (!known.contains(message)) {
      tell(manifest.name(), Reason.OBJECT_DECLARED_TWICE, message);
    }
  }

  /**
   * Takes all objects of an Addon away, and then the Addon, whether or not its file exists.
   *
   * @param record the Addon, or what is known of it
   * @param alsoKinds kinds to look for members of besides those recorded
   * @param rules what may be deleted
   */
  public ApplyResult remove(
      AddonResource record, Collection<AddonResource.RecordedKind> alsoKinds, DeleteRules rules)
      throws InterruptedException {
    owned.watch(
        served(Stream.concat(record.recordedKinds().stream(), alsoKinds.stream()).toList()));
    claims.withdraw(record.membership());
    var members = owned.members(record.membership().applySetId());
    if (addons.find(record.name()).isPresent()) {
      tell(record.name(), Reason.DELETING_MANIFEST, "Deleting manifest at " + record.source());
    }
    ApplyResult result =
        engine
            .delete(members.stream().filter(it -> !claims.isClaimedByAnother(it)).toList(), rules)
            .and(
                members.stream()
                    .filter(claims::isClaimedByAnother)
                    .map(ManifestReconciler::handingOver)
                    .toList());
    if (result.outcomes().stream().noneMatch(it -> it.action() == Action.FAILED)) {
      addons.delete(record.name());
      drift.forget(record.name());
    }
    return result;
  }

  /** What keeps a result from being complete, as one line. */
  public static String describe(List<ObjectOutcome> problems) {
    return Enumeration.of(problems.stream().map(ObjectOutcome::describe).toList());
  }

  /** What a manifest has is to be told also while it cannot be read. */
  private void watchAllTheSame(Set<ResourceKind> kinds, ManifestException unreadable) {
    try {
      owned.watch(kinds);
    } catch (KubernetesClientException e) {
      unreadable.addSuppressed(e);
    }
  }

  private List<ManifestDocument> parse(DeclaredManifest manifest) {
    try {
      List<ManifestDocument> documents = parser.parse(manifest.source(), manifest.content());
      claims.claim(manifest.membership(), documents);
      return documents;
    } catch (ManifestException e) {
      claims.unreadable(manifest.membership(), manifest.source());
      throw e;
    }
  }

  /** The set must not be forgotten before the other one has its object. */
  private static ObjectOutcome handingOver(ObservedObject object) {
    return new ObjectOutcome(
        referenceTo(object),
        Optional.empty(),
        Action.FAILED,
        "HandingOver",
        "left, since another manifest declares it too, which takes it over",
        true);
  }

  /** Short work is told when it is done, by one event. */
  private SlowWork slowWork(DeclaredManifest manifest) {
    return new SlowWork(
        requests,
        () ->
            tell(
                manifest.name(),
                Reason.APPLYING_MANIFEST,
                "Applying manifest at " + manifest.source()));
  }

  private AddonResource recordOf(DeclaredManifest manifest) {
    return addons
        .find(manifest.name())
        .orElseGet(() -> AddonResource.empty(manifest.name(), manifest.addon(), manifest.source()))
        .declaredBy(
            manifest.addon(),
            manifest.source(),
            manifest.claim().map(SourceClaim::instance).orElse(""));
  }

  private void tellOnce(
      DeclaredManifest manifest, String condition, Reason reason, String message) {
    boolean known =
        addons
            .condition(manifest.name(), condition)
            .filter(it -> !it.holds() && it.message().equals(message))
            .isPresent();
    if (!known) {
      tell(manifest.name(), reason, message);
    }
  }

  private void tell(String addon, Reason reason, String message) {
    addons.uid(addon).ifPresent(uid -> events.record(addon, uid, reason, message));
  }

  private Set<ResourceKind> served(Collection<AddonResource.RecordedKind> kinds) {
    return kinds.stream()
        .map(it -> discovery.find(it.apiVersion(), it.kind()))
        .flatMap(Optional::stream)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static ObjectReference referenceTo(ObservedObject object) {
    return new ObjectReference(
        object.kind().apiVersion(), object.kind().kind(), object.namespace(), object.name());
  }

  private static List<ObjectReference> objectsLeft(List<ObjectOutcome> outcomes) {
    return outcomes.stream()
        .filter(it -> it.action() != Action.DELETED)
        .map(ObjectOutcome::object)
        .toList();
  }
}
