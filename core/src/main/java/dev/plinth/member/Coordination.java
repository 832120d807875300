package dev.plinth.member;

import com.google.common.base.Ticker;
import com.google.common.collect.Streams;
import dev.plinth.member.LeaderLease.Chances;
import dev.plinth.member.ServerGroup.Listener;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that is decided in a group of servers, on one thread: whatever happens is taken in there, and
 * then every part does what is due.
 */
final class Coordination implements Leases.Watcher {

  private static final Logger LOG = LoggerFactory.getLogger(Coordination.class);

  private final Member self;
  private final LeaseTimes times;
  private final Ticker ticker;
  private final Leases leases;
  private final Listener listener;
  private final Loop loop;
  private final Sightings sightings = new Sightings();
  private final LeaseFence memberFence;
  private final LeaseFence leaderFence;
  private final MemberLease memberLease;
  private final LeaderLease leaderLease;
  private final Roster roster;
  private final Set<String> clearing = new HashSet<>();
  private final List<CompletableFuture<Optional<Member>>> whoDisagrees = new ArrayList<>();
  private boolean joined;
  private boolean leads;
  private boolean asking;
  private long askNotBefore;
  private Optional<Long> watchDue = Optional.empty();

  /** When a request was sent last that was answered. */
  private long contact;

  private volatile View view = new View(List.of(), Optional.empty(), false);

  /** What there is to be seen of the group from outside. */
  record View(List<Member> live, Optional<ServerId> leader, boolean leads) {}

  Coordination(
      Member self,
      LeaseTimes times,
      Ticker ticker,
      InstantSource clock,
      Leases leases,
      Function<Runnable, Loop> loops,
      Listener listener) {
    this.self = self;
    this.times = times;
    this.ticker = ticker;
    this.leases = leases;
    this.listener = listener;
    this.loop = loops.apply(this::tick);
    this.memberFence = new LeaseFence(ticker);
    this.leaderFence = new LeaseFence(ticker);
    this.contact = ticker.read();
    this.askNotBefore = contact;
    LeaseDraft draft = new LeaseDraft(self.id(), times, clock);
    this.memberLease =
        new MemberLease(self, draft, leases, loop, sightings, work(), memberFence, ticker);
    this.leaderLease = new LeaderLease(draft, sightings, work(), leaderFence, ticker);
    this.roster = new Roster(memberLease.name(), sightings, times);
  }

  private LeaseWork work() {
    return new LeaseWork(leases, loop, ticker, times, this::inContact, this::tick);
  }

  View view() {
    return view;
  }

  Loop loop() {
    return loop;
  }

  Fence memberFence() {
    return memberFence;
  }

  Fence leaderFence() {
    return leaderFence;
  }

  MemberLease memberLease() {
    return memberLease;
  }

  @Override
  public void seen(LeaseRecord lease) {
    then(() -> sightings.take(lease, ticker.read()));
  }

  @Override
  public void deleted(LeaseRecord last) {
    then(() -> sightings.deleted(last));
  }

  @Override
  public void listed(List<LeaseRecord> all) {
    long now = ticker.read();
    then(
        () -> {
          inContact(now);
          sightings.takeAll(all, ticker.read());
        });
  }

  /** What was seen last of this server's own Lease. */
  CompletableFuture<Optional<LeaseRecord>> own() {
    return ask(() -> sightings.record(memberLease.name()));
  }

  /** Completes with a live server whose settings differ, or when it is certain that none has. */
  CompletableFuture<Optional<Member>> whoDisagrees() {
    CompletableFuture<Optional<Member>> answer = new CompletableFuture<>();
    then(() -> whoDisagrees.add(answer));
    return answer;
  }

  /**
   * Begins to renew and to stand, unless somebody with other settings has come in between.
   *
   * @param own this server's Lease, as written
   * @param sent when that was sent, by the ticker
   * @param all the Leases there are since
   * @return who has come in between
   */
  CompletableFuture<Optional<Member>> begin(LeaseRecord own, long sent, List<LeaseRecord> all) {
    return ask(
        () -> {
          sightings.takeAll(all, ticker.read());
          Optional<Member> other =
              roster.differing(self).stream().map(Roster.Other::member).findFirst();
          if (other.isEmpty()) {
            joined = true;
            inContact(sent);
            memberLease.announced(own, sent);
            leaderLease.stand();
          }
          return other;
        });
  }

  void handOver(ServerId to, String why) {
    then(
        () -> {
          if (leaderLease.isHeld()) {
            LOG.info("Leadership is handed over to {}: {}", to.nodeName(), why);
            leaderLease.release(Optional.of(to), () -> {});
          }
        });
  }

  /** Watches anew, until that succeeds. */
  void watchAnew() {
    then(() -> watchDue = Optional.of(ticker.read()));
  }

  /** Completes when both Leases are given up, or cannot be. */
  CompletableFuture<Void> leave() {
    CompletableFuture<Void> announcement = new CompletableFuture<>();
    CompletableFuture<Void> leadership = new CompletableFuture<>();
    then(
        () -> {
          joined = false;
          leaderLease.withdraw();
          leaderLease.release(
              Ranking.best(roster.live(), Optional.empty()).map(Member::id),
              () -> leadership.complete(null));
          memberLease.withdraw(() -> announcement.complete(null));
        });
    return CompletableFuture.allOf(announcement, leadership);
  }

  /** Takes something in, and does what is due then. */
  private void then(Runnable news) {
    loop.execute(
        () -> {
          news.run();
          tick();
        });
  }

  private <T> CompletableFuture<T> ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    then(() -> answer.complete(question.get()));
    return answer;
  }

  private void tick() {
    long now = ticker.read();
    Duration next =
        Stream.of(
                memberLease.tick(),
                leaderLease.tick(new Chances(isBest(), isSeeing(now))),
                examine(now),
                watch(now))
            .min(Comparator.naturalOrder())
            .orElseThrow();
    publish();
    answerWhoDisagrees();
    if (leads) {
      clearAway(now);
      // Not to find out late that it has closed.
      next = next.compareTo(leaderFence.left()) < 0 ? next : leaderFence.left();
    }
    loop.wakeIn(next);
  }

  /** Whether nobody who might take the leader's Lease should rather do so. */
  private boolean isBest() {
    Optional<String> holder = sightings.record(LeaderLease.NAME).flatMap(LeaseRecord::holder);
    List<Member> candidates =
        Stream.concat(roster.live().stream(), Stream.of(self))
            .filter(it -> holder.filter(it.id().toString()::equals).isEmpty())
            .toList();
    return Ranking.best(candidates, Optional.empty()).filter(self::equals).isPresent();
  }

  /**
   * Whether the API server was in reach all the time: if not, others may have renewed their Leases,
   * or not been able to either.
   */
  private boolean isSeeing(long now) {
    return now - contact <= longestSilence().toNanos();
  }

  private Duration longestSilence() {
    return joined ? times.renewDeadline() : times.duration().multipliedBy(2);
  }

  private void inContact(long sent) {
    if (sent - contact > longestSilence().toNanos()) {
      roster.anew(ticker.read());
      // What came meanwhile is missed if the watch has ended unnoticed.
      watchDue = joined ? Optional.of(ticker.read()) : watchDue;
    }
    contact = Math.max(contact, sent);
  }

  /**
   * Asks for those that have been silent for too long, as a watch can have ended unnoticed.
   *
   * @return how long until there may be some
   */
  private Duration examine(long now) {
    List<SeenLease> suspects = roster.suspects(now);
    if (suspects.isEmpty()) {
      return roster.untilNextSuspicion(now).orElse(times.duration());
    }
    if (asking || (joined && !isSeeing(now))) {
      return times.retry();
    }
    if (now < askNotBefore) {
      return Duration.ofNanos(askNotBefore - now);
    }
    asking = true;
    askNotBefore = now + times.retry().toNanos();
    loop.send(
        leases::list,
        all -> {
          asking = false;
          inContact(now);
          sightings.takeAll(all, ticker.read());
          if (roster.bury(suspects) < suspects.size()) {
            LOG.debug("A server is alive of which the watch has told nothing");
            watchDue = Optional.of(ticker.read());
          }
          tick();
        },
        error -> {
          asking = false;
          LOG.debug("Whether servers are alive cannot be told", error);
          tick();
        });
    return times.retry();
  }

  private Duration watch(long now) {
    if (watchDue.filter(it -> it <= now).isPresent()) {
      watchDue = Optional.empty();
      loop.send(
          () -> leases.watch(this).join(),
          listed -> {},
          error -> {
            LOG.debug("Servers cannot be watched", error);
            watchDue = Optional.of(ticker.read() + times.retry().toNanos());
            tick();
          });
    }
    return watchDue.map(it -> Duration.ofNanos(it - now)).orElse(times.duration());
  }

  private void publish() {
    boolean led = leads;
    leads = leaderLease.isHeld() && leaderFence.holds();
    List<Member> live =
        Streams.concat(roster.live().stream(), joined ? Stream.of(self) : Stream.empty())
            .sorted(Comparator.comparing(Member::id))
            .toList();
    View before = view;
    view = new View(live, leader(live), leads);
    if (led && !leads) {
      LOG.info("Server {} does not lead any more", self.id().nodeName());
      tell(listener::leadershipLost);
    }
    if (!before.live().equals(view.live()) || !before.leader().equals(view.leader())) {
      tell(listener::membersChanged);
    }
    if (!led && leads) {
      LOG.info("Server {} leads", self.id().nodeName());
      tell(listener::leadershipGained);
    }
  }

  private Optional<ServerId> leader(List<Member> live) {
    return leads
        ? Optional.of(self.id())
        : sightings
            .record(LeaderLease.NAME)
            .flatMap(LeaseRecord::holder)
            .flatMap(ServerId::parse)
            .filter(it -> !it.equals(self.id()))
            .filter(it -> live.stream().map(Member::id).anyMatch(it::equals));
  }

  /** Code of the host: its failure must not keep anything here from being done. */
  private static void tell(Runnable news) {
    try {
      news.run();
    } catch (RuntimeException e) {
      LOG.error("A listener to the group of servers failed", e);
    }
  }

  private void answerWhoDisagrees() {
    if (whoDisagrees.isEmpty()) {
      return;
    }
    List<Roster.Other> differing = roster.differing(self);
    Optional<Member> certain =
        differing.stream().filter(Roster.Other::certain).map(Roster.Other::member).findFirst();
    if (differing.isEmpty() || certain.isPresent()) {
      whoDisagrees.forEach(it -> it.complete(certain));
      whoDisagrees.clear();
    }
  }

  private void clearAway(long now) {
    for (LeaseRecord lease : roster.longDead(now)) {
      if (clearing.add(lease.name())) {
        loop.send(
            () -> {
              leases.delete(lease);
              return lease;
            },
            deleted -> {
              clearing.remove(lease.name());
              sightings.deleted(lease);
            },
            error -> {
              clearing.remove(lease.name());
              LOG.debug("Lease {} of a server that has gone stays for now", lease.name(), error);
            });
      }
    }
  }
}
