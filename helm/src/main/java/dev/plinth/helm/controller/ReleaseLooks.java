package dev.plinth.helm.controller;

import dev.plinth.helm.controller.ReleaseRecords.Stored;
import dev.plinth.helm.engine.ReleaseTarget;
import dev.plinth.helm.release.Release;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Looks at the release of a chart, and reads each revision's content once. */
final class ReleaseLooks {

  private final ReleaseRights rights;
  private final Supplier<ReleaseRecords> records;
  private final Map<ResourceID, Seen> seen = new ConcurrentHashMap<>();

  /**
   * @param records what is known without a request; there once the reconciler runs
   */
  ReleaseLooks(ReleaseRights rights, Supplier<ReleaseRecords> records) {
    this.rights = rights;
    this.records = records;
  }

  /** The last revision when it was read, and which object it was read from. */
  private record Seen(ReleaseTarget target, Stored stored, Revision revision, ReleaseFacts facts) {}

  /**
   * A look.
   *
   * @param release the whole of it, if it was read
   */
  record Look(
      Optional<Revision> revision, Optional<ReleaseFacts> facts, Optional<Release> release) {

    static Look at(Optional<Release> release) {
      return new Look(release.map(Revision::of), release.map(ReleaseFacts::of), release);
    }
  }

  /** What was read last, if the release has not changed since; else it is read. */
  Look look(ResourceID chart, ReleaseTarget target) {
    Optional<Stored> now = records.get().latest(target.name());
    return Optional.ofNullable(seen.get(chart))
        .filter(it -> it.target().equals(target))
        .filter(it -> now.filter(it.stored()::equals).isPresent())
        .map(it -> new Look(Optional.of(it.revision()), Optional.of(it.facts()), Optional.empty()))
        .orElseGet(() -> read(chart, target));
  }

  /** What is stored now. */
  Look read(ResourceID chart, ReleaseTarget target) {
    // Before the content, which may then be newer than it says, and never older.
    Optional<Stored> stored = records.get().latest(target.name());
    Look look = Look.at(rights.storage(target).latest(target.name()));
    seen.remove(chart);
    stored
        .filter(it -> look.revision().filter(found -> found.number() == it.revision()).isPresent())
        .ifPresent(
            it ->
                seen.put(
                    chart,
                    new Seen(
                        target, it, look.revision().orElseThrow(), look.facts().orElseThrow())));
    return look;
  }

  List<Release> history(ReleaseTarget target) {
    return rights.storage(target).history(target.name());
  }

  /** Marks a revision as made of these inputs. */
  void label(ReleaseTarget target, int revision, Map<String, String> labels) {
    rights.storage(target).label(target.name(), revision, labels);
  }

  void forget(ResourceID chart) {
    seen.remove(chart);
  }
}
