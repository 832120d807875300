package dev.plinth.deploy;

import static java.util.stream.Collectors.joining;

import dev.plinth.apply.ApplyResult;
import dev.plinth.apply.ChangeSet;
import dev.plinth.apply.ObjectOutcome;
import dev.plinth.apply.ObjectOutcome.Action;
import dev.plinth.cluster.Labels;
import dev.plinth.config.DriftPolicy;
import dev.plinth.deploy.AddonCondition.Status;
import dev.plinth.deploy.AddonEvents.Reason;
import dev.plinth.drift.Drift;
import dev.plinth.drift.DriftMemory;
import dev.plinth.drift.DriftPolicies;
import dev.plinth.drift.DriftRules;
import dev.plinth.manifest.ObjectReference;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What others do to the objects of Addons: remembered for as long as the server runs, and told as
 * events and conditions of the Addons.
 *
 * <p>Thread-safe, as long as one Addon is handled by one thread at a time.
 */
public final class AddonDrift {

  private static final Logger LOG = LoggerFactory.getLogger(AddonDrift.class);
  private static final int LONGEST_LIST = 700;

  private final DriftPolicy serverPolicy;
  private final InstantSource clock;
  private final AddonResources addons;
  private final AddonEvents events;
  private final Map<String, DriftMemory> memories = new ConcurrentHashMap<>();
  private final Map<String, SortedMap<String, AddonCondition>> conditions =
      new ConcurrentHashMap<>();

  /**
   * @param serverPolicy what holds where nothing nearer says otherwise
   * @param clock the time
   */
  public AddonDrift(
      DriftPolicy serverPolicy, InstantSource clock, AddonResources addons, AddonEvents events) {
    this.serverPolicy = serverPolicy;
    this.clock = clock;
    this.addons = addons;
    this.events = events;
  }

  /** The conditions that tell of drift, by type; those that do not hold are left out. */
  public SortedMap<String, AddonCondition> conditions(String addon) {
    return conditions.getOrDefault(addon, new TreeMap<>());
  }

  /** How long from now to look though nothing has changed; empty if there is no need to. */
  public Optional<Duration> nextLook(String addon) {
    return memory(addon).nextLook();
  }

  /** The rules for a plan of this manifest. */
  DriftRules rules(DeclaredManifest manifest) {
    DriftMemory memory = memory(manifest.name());
    memory.begin(manifest.checksum());
    boolean complete =
        addons
            .find(manifest.name())
            .filter(it -> !it.checksum().isEmpty() && it.checksum().equals(manifest.checksum()))
            .filter(it -> !addons.isOfK3s(manifest.name()))
            .isPresent();
    return new DriftRules(
        new DriftPolicies(serverPolicy, addons.annotation(manifest.name(), Labels.DRIFT)),
        memory,
        complete);
  }

  /** Tells what came of a plan. */
  void conclude(DeclaredManifest manifest, ChangeSet changes, ApplyResult result) {
    String addon = manifest.name();
    Set<ObjectReference> done =
        result.outcomes().stream()
            .filter(it -> it.action() == Action.CREATED || it.action() == Action.CONFIGURED)
            .map(ObjectOutcome::object)
            .collect(Collectors.toSet());
    List<Drift> repaired =
        changes.repairs().stream().filter(it -> done.contains(it.object())).toList();
    DriftMemory memory = changes.drift().memory();
    memory.retain(changes.declared());
    if (!repaired.isEmpty()) {
      String message = "Repaired: %s; %s".formatted(list(repaired), advice(manifest, repaired));
      LOG.info("Addon {}: {}", addon, message);
      tell(addon, Reason.DRIFT_REPAIRED, message);
    }
    SortedMap<String, AddonCondition> now = new TreeMap<>();
    hold(now, Reason.DRIFTED, list(changes.tolerated()));
    hold(now, Reason.CONTESTED, contested(memory.contested()));
    hold(
        now,
        Reason.INVALID_DRIFT_POLICY,
        Stream.concat(
                DriftPolicies.complaint("Addon " + addon, addons.annotation(addon, Labels.DRIFT))
                    .stream(),
                changes.complaints().stream())
            .collect(joining("; ")));
    now.forEach((type, condition) -> tellOnce(addon, type, condition.message()));
    conditions.put(addon, now);
  }

  /** Forgets an Addon that is gone, or that another server looks after. */
  public void forget(String addon) {
    memories.remove(addon);
    conditions.remove(addon);
  }

  private DriftMemory memory(String addon) {
    return memories.computeIfAbsent(addon, it -> new DriftMemory(clock));
  }

  private static void hold(
      SortedMap<String, AddonCondition> conditions, Reason type, String message) {
    if (!message.isEmpty()) {
      conditions.put(type.text(), new AddonCondition(Status.TRUE, type.text(), message));
    }
  }

  private void tellOnce(String addon, String type, String message) {
    boolean known =
        addons.condition(addon, type).filter(it -> it.message().equals(message)).isPresent();
    if (!known) {
      LOG.warn("Addon {}: {}: {}", addon, type, message);
      tell(addon, Reason.of(type), message);
    }
  }

  private void tell(String addon, Reason reason, String message) {
    addons.uid(addon).ifPresent(uid -> events.record(addon, uid, reason, message));
  }

  /** How to have one's way: the way that fits what was done first. */
  private static String advice(DeclaredManifest manifest, List<Drift> repaired) {
    String file = manifest.addon().isPresent() ? "" : "change %s, or ".formatted(manifest.source());
    return repaired.stream()
        .filter(it -> !it.isDeletion())
        .findFirst()
        .map(
            it ->
                "to keep such a change, %skubectl annotate %s %s=ignore first"
                    .formatted(file, argument(it.object()), Labels.DRIFT))
        .orElseGet(
            () ->
                "to keep what is deleted away, %skubectl annotate addon %s -n %s %s=ignore"
                    .formatted(file, manifest.name(), AddonResource.NAMESPACE, Labels.DRIFT));
  }

  private static String argument(ObjectReference object) {
    String kind = object.kind().toLowerCase(Locale.ROOT);
    return "%s %s%s"
        .formatted(
            object.group().isEmpty() ? kind : kind + "." + object.group(),
            object.name(),
            object.namespace().isEmpty() ? "" : " -n " + object.namespace());
  }

  private static String contested(List<Drift> drifts) {
    return drifts.isEmpty()
        ? ""
        : "Somebody else changes again what is repaired: %s; repairs are up to 5 minutes apart until that ends"
            .formatted(list(drifts));
  }

  /** As many of them as an event has room for, with an advice behind. */
  private static String list(List<Drift> drifts) {
    StringBuilder list = new StringBuilder();
    int named = 0;
    for (Drift drift : drifts) {
      String one = drift.describe();
      if (named > 0 && list.length() + one.length() > LONGEST_LIST) {
        return list.append("; and %d more objects".formatted(drifts.size() - named)).toString();
      }
      list.append(named++ > 0 ? "; " : "").append(one);
    }
    return list.toString();
  }
}
