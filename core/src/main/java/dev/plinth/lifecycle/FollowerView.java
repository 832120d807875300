package dev.plinth.lifecycle;

import dev.plinth.addon.Addon;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.addon.Selection.Decision;
import dev.plinth.addon.Selection.Selected;
import dev.plinth.deploy.AddonCondition;
import dev.plinth.deploy.AddonCondition.Status;
import dev.plinth.deploy.AddonResource;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.manifest.StagingException;
import dev.plinth.manifest.StagingOutcome.ObsoleteFile;
import dev.plinth.report.AddonState;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells on a server that does not lead where the add-ons stand, by what the leading one has written
 * on their Addons. Writes nothing to the cluster.
 */
final class FollowerView {

  private static final Logger LOG = LoggerFactory.getLogger(FollowerView.class);
  private static final String WAITING = "WaitingForLeader";

  /** Of several Addons the one tells where the add-on stands that comes first in this order. */
  private static final Comparator<Verdict> WORST =
      Comparator.comparing(
          it -> it.state() == AddonState.READY ? 2 : it.state() == AddonState.PROGRESSING ? 1 : 0);

  /** As the leader does, of whose files nothing is known here. */
  static final Verdict SKIPPED =
      new Verdict(
          AddonState.DISABLED,
          "SkipFile",
          "a .skip file lies beside its manifest; its objects are left as they are");

  private final Surroundings server;
  private final LeftToK3s k3s;
  private final Declarations declarations;
  private final ManifestStaging staging;

  /**
   * @param server where the Addons are seen, and what is told
   * @param declarations what is packaged now
   * @param staging where it lies on disk
   */
  FollowerView(Surroundings server, Declarations declarations, ManifestStaging staging) {
    this.server = server;
    this.k3s = new LeftToK3s(server);
    this.declarations = declarations;
    this.staging = staging;
  }

  /**
   * Tells where an add-on stands.
   *
   * @param leader node name of the leading server, if one leads
   */
  void show(Selected selected, LeftToOthers others, Optional<String> leader) {
    String name = selected.addon().name();
    if (selected.decision() instanceof Decision.Disabled disabled) {
      if (server.addons().of(name).isEmpty()) {
        publish(name, new Verdict(AddonState.DISABLED, "DisableFlag", disabled.flag()), 0);
      } else {
        publish(name, new Verdict(AddonState.PROGRESSING, "Removing", disabled.flag()), 0);
      }
    } else if (selected.decision() instanceof Decision.Blocked blocked) {
      if (others.contains(selected.addon())) {
        Verdict verdict = told(selected.addon(), leader);
        boolean applied = verdict.state() == AddonState.READY;
        publish(
            name,
            others.tell(name, applied ? Optional.empty() : Optional.of(verdict)),
            count(name));
      } else {
        publish(name, new Verdict(AddonState.BLOCKED, "RequirementMissing", blocked.why()), 0);
      }
    } else if (declarations.of(selected.addon()).isEmpty()) {
      publish(name, SKIPPED, 0);
    } else {
      Verdict verdict = leftToK3s(selected.addon()).orElseGet(() -> told(selected.addon(), leader));
      boolean knownBetter =
          verdict.reason().equals(WAITING)
              && server.board().isSettled(name)
              && !server.board().isSwitchedOff(name);
      if (!knownBetter) {
        publish(name, verdict, count(name));
      }
    }
  }

  /** Deletes files that are not packaged any more and whose Addons are gone. */
  void tidy(List<ObsoleteFile> obsolete) {
    for (ObsoleteFile file : obsolete) {
      String name = new PackagedManifest(file.file(), "").addonResourceName();
      boolean needed =
          server
              .addons()
              .find(name)
              .filter(it -> it.addon().equals(Optional.of(file.addon())))
              .filter(it -> !declarations.have(it.name()))
              .isPresent();
      if (!needed) {
        try {
          staging.remove(file.file());
        } catch (StagingException e) {
          LOG.warn("{} is not packaged any more, and is still there", file.file(), e);
        }
      }
    }
  }

  /** Of K3s's Addons, which Plinth does not write, the leader finds what this server finds. */
  private Optional<Verdict> leftToK3s(Addon addon) {
    return declarations.of(addon).stream().flatMap(it -> k3s.verdict(it).stream()).findFirst();
  }

  private Verdict told(Addon addon, Optional<String> leader) {
    return server.addons().of(addon.name()).stream()
        .map(AddonResource::name)
        .map(it -> told(it, leader))
        .min(WORST)
        .orElseGet(() -> waiting(leader));
  }

  private Verdict told(String addonResource, Optional<String> leader) {
    String instance = server.addons().instance(addonResource);
    Optional<AddonCondition> readiness = server.addons().condition(addonResource, "Ready");
    if (readiness.isEmpty() || !leader.filter(instance::equals).isPresent()) {
      return waiting(leader);
    }
    boolean blocked = server.addons().condition(addonResource, ManifestRound.BLOCKED).isPresent();
    return new Verdict(
        blocked ? AddonState.BLOCKED : stateOf(readiness.get().status()),
        readiness.get().reason(),
        "%s (on server %s)".formatted(readiness.get().message(), instance));
  }

  private static Verdict waiting(Optional<String> leader) {
    return new Verdict(
        AddonState.PROGRESSING,
        WAITING,
        leader
            .map("server %s leads, and has not told of it so far"::formatted)
            .orElse("no server leads so far"));
  }

  private static AddonState stateOf(Status readiness) {
    return switch (readiness) {
      case TRUE -> AddonState.READY;
      case UNKNOWN -> AddonState.PROGRESSING;
      case FALSE -> AddonState.FAILED;
    };
  }

  private int count(String addon) {
    return server.addons().of(addon).stream()
        .mapToInt(it -> server.addons().told(it.name()).total())
        .sum();
  }

  private void publish(String addon, Verdict verdict, int objects) {
    server.board().publish(addon, verdict.state(), verdict.reason(), verdict.message(), objects);
  }
}
