package dev.plinth.lifecycle;

import com.google.common.base.Ticker;
import dev.plinth.addon.Selection;
import dev.plinth.addon.Selection.Decision;
import dev.plinth.addon.Selection.Selected;
import dev.plinth.manifest.StagingOutcome.ObsoleteFile;
import dev.plinth.member.LeaseTimes;
import dev.plinth.member.Member;
import dev.plinth.member.ServerGroup;
import dev.plinth.member.ServerId;
import dev.plinth.report.AddonState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a server is among the servers of its cluster: it leads, or it tells what the one does that
 * leads. Looks again whenever a server comes or goes, leadership changes hands, or, without it, an
 * Addon changes.
 *
 * <p>{@link #look} and {@link #close} are called by one thread at a time, the rest by any.
 */
final class ServerRole implements AutoCloseable {

  private final Member self;
  private final LeaseTimes times;
  private final Ticker ticker;
  private final ServerGroup group;
  private final Selection own;
  private final Packages packages;
  private final Surroundings server;
  private final FollowerView view;
  private final Terms terms;
  private final UserFiles files;
  private final OverlayFiles overlays;
  private final Runnable watching;
  private final Warnings differences;
  private volatile Selection selection;
  private Set<String> lacking = Set.of();
  private Optional<HandOver> lastHandOver = Optional.empty();
  private boolean seen;
  private boolean seeAnew;
  private boolean begun;

  /**
   * @param self what this server announces
   * @param times how long Leases last
   * @param ticker measures time that passed
   * @param group the servers; this one joins them before the first look
   * @param own what this server would run by itself
   * @param packages what is packaged
   * @param server what the loops share
   * @param view tells of what another server does
   * @param terms in which this server leads
   * @param files the users' files, which are begun with once the packaged ones are staged
   * @param overlays the overlays on disk, which are in the cluster before any add-on is applied
   * @param watching called once when the Addons are known
   */
  ServerRole(
      Member self,
      LeaseTimes times,
      Ticker ticker,
      ServerGroup group,
      Selection own,
      Packages packages,
      Surroundings server,
      FollowerView view,
      Terms terms,
      UserFiles files,
      OverlayFiles overlays,
      Runnable watching) {
    this.self = self;
    this.times = times;
    this.ticker = ticker;
    this.group = group;
    this.own = own;
    this.selection = own;
    this.packages = packages;
    this.server = server;
    this.view = view;
    this.terms = terms;
    this.files = files;
    this.overlays = overlays;
    this.watching = watching;
    this.differences = new Warnings(server.board());
  }

  /** To whom leadership was given last, and when. */
  private record HandOver(ServerId to, long at) {}

  /** Which add-ons run by the will of all live servers. */
  Selection selection() {
    return selection;
  }

  /** Whether a look has come to its end before. */
  boolean hasBegun() {
    return begun;
  }

  /**
   * Does what is to be done of the role now.
   *
   * @return when to look again if nothing happens before; empty if there is no need to
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the cluster cannot be read,
   *     or Addons not be defined
   * @throws dev.plinth.manifest.StagingException if what is packaged cannot be put on disk
   */
  Optional<Duration> look() throws InterruptedException {
    if (!group.leads()) {
      terms.end();
      lastHandOver = lastHandOver.filter(it -> !group.leader().equals(Optional.of(it.to())));
      if (group.leader().isEmpty() && !begun) {
        return Optional.of(times.retry());
      }
    } else if (handsOver()) {
      return Optional.of(times.retry());
    }
    Optional<LeaderTerm> term = group.leads() ? begin() : Optional.empty();
    see();
    if (!overlays.start()) {
      // It wakes this.
      return Optional.empty();
    }
    List<Member> live = group.live();
    ClusterSelection wanted = ClusterSelection.of(own, live);
    packages.become(wanted.selection());
    selection = wanted.selection();
    tellDifferences(wanted);
    Optional<Member> leader = leaderAmong(live);
    tellLacking(leader.map(it -> ClusterSelection.lacking(it, live)).orElseGet(TreeMap::new));
    if (term.isPresent()) {
      term.get()
          .update(
              new LeaderTerm.Duties(
                  selection,
                  packages.leftToOthers(),
                  wanted.unknown(),
                  wanted.named(),
                  packages.staged()));
    } else {
      follow(leader);
    }
    if (!begun) {
      begun = true;
      server.board().allKnown();
      files.start();
    }
    return lastHandOver.map(it -> times.duration());
  }

  /** Ends the term, if this server leads. */
  @Override
  public void close() {
    terms.close();
  }

  /**
   * Gives leadership to a server that is fitter, before anything else is done. One that was given
   * it and has not taken it is left alone for a while.
   */
  private boolean handsOver() {
    Optional<ServerId> best = group.best().filter(it -> !it.equals(self.id()));
    if (best.isEmpty()) {
      lastHandOver = Optional.empty();
      return false;
    }
    long now = ticker.read();
    boolean refused =
        lastHandOver
            .filter(it -> it.to().equals(best.get()))
            .filter(it -> now - it.at() < times.duration().toNanos())
            .isPresent();
    if (refused) {
      return false;
    }
    lastHandOver = Optional.of(new HandOver(best.get(), now));
    terms.end();
    group.handOver(best.get(), reasonFor(best.get()));
    return true;
  }

  private String reasonFor(ServerId best) {
    return group.live().stream()
        .filter(it -> it.id().equals(best))
        .findFirst()
        .map(
            it ->
                it.version().equals(self.version())
                    ? "it has add-ons that this server lacks"
                    : "it has version %s, and this server %s"
                        .formatted(it.version(), self.version()))
        .orElse("it is the fittest");
  }

  private Optional<LeaderTerm> begin() {
    Optional<Terms.Begun> now = terms.begin();
    seeAnew |= now.filter(Terms.Begun::fresh).isPresent();
    return now.map(Terms.Begun::term);
  }

  /** A term begins with what the last leader has left, not with what was seen of it so far. */
  private void see() throws InterruptedException {
    if (!seen) {
      server.engine().watchAddons();
      server.engine().watchOverlays();
      seen = true;
      watching.run();
    } else if (seeAnew) {
      server.engine().watchAnew();
    }
    seeAnew = false;
  }

  private Optional<Member> leaderAmong(List<Member> live) {
    return group.leader().flatMap(id -> live.stream().filter(it -> it.id().equals(id)).findFirst());
  }

  private void tellDifferences(ClusterSelection wanted) {
    server.differences().are(wanted.differing());
    differences.are(wanted.differing().values());
  }

  /** What the leader cannot run since it does not have it; it hands over if it may. */
  private void tellLacking(SortedMap<String, String> now) {
    boolean passing = !group.leads() && !group.best().equals(group.leader());
    String leader = group.leader().map(ServerId::nodeName).orElse("");
    now.forEach(
        (name, nodes) -> {
          String message =
              "it is enabled on server %s, but server %s leads, which does not have it"
                  .formatted(nodes, leader);
          server
              .board()
              .publish(
                  name,
                  passing ? AddonState.PROGRESSING : AddonState.BLOCKED,
                  "NotOnLeader",
                  message,
                  0);
        });
    lacking.stream()
        .filter(it -> !now.containsKey(it) && selection.find(it).isEmpty())
        .forEach(server.board()::forget);
    lacking = Set.copyOf(now.keySet());
  }

  private void follow(Optional<Member> leader) {
    for (Selected selected : selection.addons()) {
      if (!lacking.contains(selected.addon().name())) {
        view.show(selected, packages.leftToOthers(), leader.map(it -> it.id().nodeName()));
      }
    }
    view.tidy(
        packages.staged().obsolete().stream()
            .filter(it -> !(decisionOn(it) instanceof Decision.Blocked))
            .toList());
  }

  private Decision decisionOn(ObsoleteFile file) {
    return selection.find(file.addon()).map(Selected::decision).orElse(null);
  }
}
