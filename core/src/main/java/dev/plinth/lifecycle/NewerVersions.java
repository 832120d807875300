package dev.plinth.lifecycle;

import dev.plinth.deploy.AddonResource;
import dev.plinth.deploy.AddonResources;
import dev.plinth.member.Member;
import dev.plinth.member.VersionOrder;
import dev.plinth.report.AddonState;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Keeps a server from rolling back what a newer version has applied, for as long as a server of
 * that version, or of a newer one, lives.
 *
 * @param own this server's version
 * @param addons the Addons
 * @param live the live servers at each time
 */
record NewerVersions(
    String own, AddonResources addons, Supplier<? extends Collection<Member>> live) {

  /** Why an add-on is not to be touched; empty if it may be. */
  Optional<Verdict> reservation(String addon) {
    return addons.of(addon).stream()
        .map(AddonResource::name)
        .flatMap(it -> addons.appliedBy(it).stream())
        .filter(this::isNewer)
        .max(VersionOrder.OLDEST_FIRST)
        .flatMap(
            version ->
                live.get().stream()
                    .filter(it -> VersionOrder.OLDEST_FIRST.compare(it.version(), version) >= 0)
                    .min(Comparator.comparing(Member::id))
                    .map(
                        it ->
                            new Verdict(
                                AddonState.BLOCKED,
                                "AppliedByNewer",
                                "applied by version %s, and this one is %s: it is left to server %s, which has version %s"
                                    .formatted(version, own, it.id().nodeName(), it.version()))));
  }

  private boolean isNewer(String version) {
    return VersionOrder.OLDEST_FIRST.compare(version, own) > 0;
  }
}
