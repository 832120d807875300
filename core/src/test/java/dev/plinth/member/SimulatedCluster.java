package dev.plinth.member;

import com.google.common.base.Ticker;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Servers and an API server in one thread and in simulated time: every request and every event of a
 * watch takes its random time, and after each step can be looked at who may write.
 */
final class SimulatedCluster {

  static final LeaseTimes TIMES =
      new LeaseTimes(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

  final List<Server> servers = new ArrayList<>();
  final Map<String, Lease> store = new TreeMap<>();

  private final Random random;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Runnable afterEachStep;
  private long now;
  private long number;
  private long version = 100;
  private long longestDelay = Duration.ofMillis(50).toNanos();

  SimulatedCluster(long seed, Runnable afterEachStep) {
    this.random = new Random(seed);
    this.afterEachStep = afterEachStep;
    this.now = random.nextLong();
  }

  private record Event(long time, long number, Runnable task) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      // Not by the times themselves: as System.nanoTime(), they may overflow.
      int order = Long.signum(time - other.time);
      return order != 0 ? order : Long.signum(number - other.number);
    }
  }

  Random random() {
    return random;
  }

  Server start(String name) {
    return start(new ServerId(name, UUID.nameUUIDFromBytes(name.getBytes()).toString()), "1.0");
  }

  Server start(ServerId id, String version) {
    Server server = new Server(new Member(id, version, Set.of("x"), Set.of(), new TreeMap<>()));
    servers.add(server);
    server.join();
    return server;
  }

  void run(Duration time) {
    long end = now + time.toNanos();
    while (!events.isEmpty() && events.peek().time() - end <= 0) {
      Event next = events.poll();
      now = next.time();
      next.task().run();
      afterEachStep.run();
    }
    now = end;
    afterEachStep.run();
  }

  /** Runs until the condition holds, and tells how long that took. */
  Duration runUntil(Supplier<Boolean> condition, Duration most) {
    long begin = now;
    while (!condition.get()) {
      if (now - begin > most.toNanos()) {
        throw new AssertionError("not within " + most + ": " + describe());
      }
      run(Duration.ofMillis(5));
    }
    return Duration.ofNanos(now - begin);
  }

  List<String> writers() {
    return servers.stream()
        .filter(it -> it.coordination.leaderFence().holds())
        .map(it -> it.member.id().nodeName())
        .toList();
  }

  Optional<Server> leader() {
    return servers.stream().filter(it -> it.leads && !it.killed).findFirst();
  }

  Optional<String> holder() {
    return Optional.ofNullable(store.get(LeaderLease.NAME))
        .flatMap(it -> new LeaseRecord(it).holder());
  }

  /** Somebody changes a Lease with kubectl. */
  void edit(String name, Consumer<LeaseBuilder> change) {
    LeaseBuilder edited = new LeaseBuilder(store.get(name));
    change.accept(edited);
    put(edited.build());
  }

  void delete(String name) {
    Lease last = store.remove(name);
    if (last != null) {
      version++;
      servers.forEach(it -> it.tell(watcher -> watcher.deleted(new LeaseRecord(last))));
    }
  }

  String describe() {
    StringBuilder text = new StringBuilder();
    store
        .values()
        .forEach(
            it ->
                text.append('\n')
                    .append(it.getMetadata().getName())
                    .append(' ')
                    .append(it.getSpec()));
    servers.forEach(
        it ->
            text.append('\n')
                .append(it.member.id().nodeName())
                .append(" leads=")
                .append(it.leads)
                .append(" fence=")
                .append(it.coordination.leaderFence().holds())
                .append(" killed=")
                .append(it.killed)
                .append(" cut=")
                .append(it.cut)
                .append(' ')
                .append(it.coordination.view().leader()));
    return text.toString();
  }

  private Lease put(Lease wanted) {
    Lease stored =
        new LeaseBuilder(wanted)
            .editMetadata()
            .withUid(
                wanted.getMetadata().getUid() == null
                    ? "uid-" + version
                    : wanted.getMetadata().getUid())
            .withResourceVersion(String.valueOf(++version))
            .endMetadata()
            .build();
    store.put(stored.getMetadata().getName(), stored);
    servers.forEach(it -> it.tell(watcher -> watcher.seen(new LeaseRecord(stored))));
    return stored;
  }

  private void at(long time, Runnable task) {
    events.add(new Event(time, number++, task));
  }

  private long delay() {
    return (long) (random.nextDouble() * longestDelay) + 1;
  }

  /** One server: its process, and its way to the API server. */
  final class Server implements Loop, Leases, ServerGroup.Listener {

    final Member member;
    final Coordination coordination;
    final List<String> told = new ArrayList<>();
    int writes;
    boolean leads;
    boolean killed;
    boolean cut;
    private boolean missed;
    private Runnable task;
    private Optional<Watcher> watcher = Optional.empty();
    private long pausedUntil;
    private long lastEvent;
    private Event wake = new Event(0, -1, () -> {});
    private final Ticker ticker =
        new Ticker() {
          @Override
          public long read() {
            return now;
          }
        };

    Server(Member member) {
      this.member = member;
      this.pausedUntil = now;
      this.lastEvent = now;
      // Clocks are 10 minutes apart in either direction, and nobody minds.
      Instant clock = Instant.EPOCH.plusSeconds(random.nextInt(1200));
      this.coordination =
          new Coordination(
              member,
              TIMES,
              ticker,
              () -> clock,
              this,
              it -> {
                task = it;
                return this;
              },
              this);
    }

    void join() {
      watch(coordination);
      on(
          () -> {
            LeaseRecord own =
                ((Answer.Written)
                        write(
                            coordination
                                .memberLease()
                                .wanted(
                                    Optional.ofNullable(
                                            store.get(coordination.memberLease().name()))
                                        .map(LeaseRecord::new))))
                    .now();
            coordination.begin(own, now, list());
          },
          0);
    }

    /** Its network is cut, or whole again: then its watch goes on where it was. */
    void cut(boolean wanted) {
      cut = wanted;
      if (!cut && missed) {
        missed = false;
        List<LeaseRecord> all = list();
        tell(it -> it.listed(all));
      }
    }

    /** Ends as by kill -9. */
    void kill() {
      killed = true;
    }

    /** Nothing of it runs for a while, as after SIGSTOP; what it has sent is on its way. */
    void pause(Duration time) {
      pausedUntil = now + time.toNanos();
    }

    void tell(Consumer<Watcher> event) {
      if (watcher.isEmpty() || cut) {
        missed = true;
        return;
      }
      Watcher current = watcher.get();
      // In order.
      lastEvent = Math.max(now + delay(), lastEvent + 1);
      at(
          lastEvent,
          () -> {
            if (!killed && watcher.filter(it -> it == current).isPresent()) {
              on(() -> event.accept(current), 0);
            }
          });
    }

    private void on(Runnable one, long delay) {
      at(
          now + delay,
          () -> {
            if (killed) {
              return;
            }
            if (pausedUntil - now > 0) {
              on(one, pausedUntil - now);
            } else {
              one.run();
            }
          });
    }

    @Override
    public void execute(Runnable one) {
      on(one, 1);
    }

    @Override
    public void wakeIn(Duration delay) {
      events.remove(wake);
      wake = new Event(now + Math.max(1, delay.toNanos()), number++, () -> on(task, 0));
      events.add(wake);
    }

    @Override
    public <T> void send(Supplier<T> request, Consumer<T> done, Consumer<RuntimeException> failed) {
      boolean lost = cut;
      boolean answerLost = random.nextInt(40) == 0;
      at(
          now + delay(),
          () -> {
            try {
              if (lost) {
                throw new KubernetesClientException("cut");
              }
              T answer = request.get();
              if (answerLost) {
                throw new KubernetesClientException("the answer got lost");
              }
              on(() -> done.accept(answer), delay());
            } catch (RuntimeException e) {
              on(() -> failed.accept(e), lost ? TIMES.renewEvery().toNanos() : delay());
            }
          });
    }

    @Override
    public List<LeaseRecord> list() {
      return store.values().stream().map(LeaseRecord::new).toList();
    }

    @Override
    public Answer write(Lease wanted) {
      String name = wanted.getMetadata().getName();
      Lease there = store.get(name);
      String expected = wanted.getMetadata().getResourceVersion();
      String found = there == null ? null : there.getMetadata().getResourceVersion();
      if (expected == null ? there != null : !expected.equals(found)) {
        return new Answer.Stale(Optional.ofNullable(there).map(LeaseRecord::new));
      }
      writes++;
      return new Answer.Written(new LeaseRecord(put(wanted)));
    }

    @Override
    public void delete(LeaseRecord lease) {
      Lease there = store.get(lease.name());
      if (there != null && there.getMetadata().getResourceVersion().equals(lease.version())) {
        SimulatedCluster.this.delete(lease.name());
      }
    }

    @Override
    public CompletableFuture<Void> watch(Watcher fresh) {
      if (cut) {
        return CompletableFuture.failedFuture(new KubernetesClientException("cut"));
      }
      // Another object: events on their way to the one before are not told any more.
      Watcher own =
          new Watcher() {
            @Override
            public void seen(LeaseRecord lease) {
              fresh.seen(lease);
            }

            @Override
            public void deleted(LeaseRecord last) {
              fresh.deleted(last);
            }

            @Override
            public void listed(List<LeaseRecord> all) {
              fresh.listed(all);
            }
          };
      watcher = Optional.of(own);
      List<LeaseRecord> all = list();
      tell(
          it -> {
            all.forEach(it::seen);
            it.listed(all);
          });
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}

    @Override
    public void membersChanged() {
      told.add("changed");
    }

    @Override
    public void leadershipGained() {
      leads = true;
      told.add("gained");
    }

    @Override
    public void leadershipLost() {
      leads = false;
      told.add("lost");
    }

    Set<String> live() {
      Set<String> names = new TreeSet<>();
      coordination.view().live().forEach(it -> names.add(it.id().nodeName()));
      return names;
    }
  }
}
