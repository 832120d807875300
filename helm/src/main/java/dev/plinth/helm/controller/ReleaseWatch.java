package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Discovery;
import dev.plinth.config.DriftPolicy;
import dev.plinth.diagnosis.Diagnosis;
import dev.plinth.drift.DriftMemory;
import dev.plinth.health.Health;
import dev.plinth.health.HealthContext;
import dev.plinth.health.HealthRules;
import dev.plinth.helm.controller.KindWatches.Scope;
import dev.plinth.helm.engine.ReleaseTarget.ServiceAccountName;
import dev.plinth.helm.release.Release;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches what the releases of charts hold: tells where the objects stand, which of them somebody
 * else has changed, and puts these right.
 *
 * <p>One thread at a time works on one chart; many may work on many. Nothing throws for what the
 * server refuses: that is told, and tried again.
 */
final class ReleaseWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ReleaseWatch.class);

  /** The manager that Helm itself has where it applies. */
  private static final String FIELD_MANAGER = "helm";

  private static final Duration FIRST_LOOK = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(5);
  private static final int LOOK_UPS = 2;

  private final KubernetesClient client;
  private final InstantSource clock;
  private final Duration firstPause;
  private final Consumer<ResourceID> changed;
  private final HealthRules rules;
  private final ClusterApi api;
  private final Discovery discovery;
  private final ScheduledThreadPoolExecutor timer;
  private final ThreadPoolExecutor lookUps;
  private final KindWatches watches;
  private final Diagnosis diagnosis;
  private final Map<ResourceID, FollowedRelease> releases = new ConcurrentHashMap<>();
  private final Map<ResourceID, DriftMemory> memories = new ConcurrentHashMap<>();
  private final Followers followers = new Followers();
  private final Set<ResourceID> operating = ConcurrentHashMap.newKeySet();

  /**
   * @param client the host's client; stays open
   * @param health what health depends on besides the objects
   * @param clock the time
   * @param changed is told the chart of which an object has changed in a way that matters, on any
   *     thread
   */
  ReleaseWatch(
      KubernetesClient client,
      HealthContext health,
      InstantSource clock,
      Consumer<ResourceID> changed) {
    this(client, health, clock, FIRST_PAUSE, changed);
  }

  /**
   * @param firstPause before what is not there, or not to be seen, is looked for again
   */
  ReleaseWatch(
      KubernetesClient client,
      HealthContext health,
      InstantSource clock,
      Duration firstPause,
      Consumer<ResourceID> changed) {
    this.firstPause = firstPause;
    this.client = requireNonNull(client, "client");
    this.clock = requireNonNull(clock, "clock");
    this.changed = requireNonNull(changed, "changed");
    this.rules = new HealthRules(health);
    this.api = new ClusterApi(client, FIELD_MANAGER);
    this.discovery = new Discovery(api);
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            new ThreadFactoryBuilder().setNameFormat("plinth-release-watch").build(),
            new ThreadPoolExecutor.DiscardPolicy());
    this.timer.setRemoveOnCancelPolicy(true);
    this.lookUps =
        new ThreadPoolExecutor(
            LOOK_UPS,
            LOOK_UPS,
            LONGEST_IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            new ThreadFactoryBuilder().setNameFormat("plinth-release-causes-%d").build(),
            new ThreadPoolExecutor.DiscardPolicy());
    this.lookUps.allowCoreThreadTimeOut(true);
    this.watches = new KindWatches(client, rules, timer, firstPause, this::seen, this::settled);
    this.diagnosis = new Diagnosis(client, lookUps, key -> changed.accept(idOf(key)));
  }

  /**
   * Follows the objects of a release instead of those that were followed before, and returns when
   * they are known, or after ten seconds. Cheap if it is the same revision.
   *
   * @param policy what holds for objects that say nothing themselves
   * @param account with whose rights drift is checked and repaired; empty: with Plinth's
   */
  void follow(
      ResourceID chart, Release release, DriftPolicy policy, Optional<ServiceAccountName> account) {
    FollowedRelease.Revision revision = FollowedRelease.Revision.of(release, policy, account);
    FollowedRelease known = releases.get(chart);
    if (known != null && known.revision().equals(revision)) {
      return;
    }
    KubernetesClient acting = account.map(it -> it.impersonatedBy(client)).orElse(client);
    DriftMemory memory = memories.computeIfAbsent(chart, it -> new DriftMemory(clock));
    memory.begin(revision.toString());
    FollowedRelease followed =
        new FollowedRelease(
            revision,
            ReleaseManifest.of(release),
            watches,
            new ReleaseDrift(
                policy, new ClusterApi(acting, FIELD_MANAGER), watches, memory, clock));
    boolean incomplete = followed.resolve(discovery);
    memory.retain(followed.keys().stream().map(ObjectKey::reference).toList());
    releases.put(chart, followed);
    index(chart, followed.keys());
    if (incomplete) {
      resolveLater(chart, followed, firstPause);
    }
    awaitKnown(followed);
    followed.doubtful().forEach(this::look);
  }

  /** Follows nothing of the chart any more. */
  void forget(ResourceID chart) {
    releases.remove(chart);
    memories.remove(chart);
    operating.remove(chart);
    index(chart, Set.of());
    diagnosis.examine(nameOf(chart), List.of());
  }

  /**
   * Says that Helm is at work on the release, so that what changes is no drift, or that it has
   * ended.
   */
  void operating(ResourceID chart, boolean atWork) {
    if (atWork) {
      operating.add(chart);
    } else {
      operating.remove(chart);
    }
  }

  /** Where the objects stand, with causes; UNKNOWN for a chart of which nothing is followed. */
  ReleaseHealth health(ResourceID chart) {
    FollowedRelease release = releases.get(chart);
    if (release == null) {
      return ReleaseHealth.unknown();
    }
    return ReleaseHealth.of(
        release.health(),
        diagnosis.examine(
            nameOf(chart),
            release.seen().stream()
                .filter(it -> it.health().state() != Health.State.CURRENT)
                .map(SeenObject::observed)
                .toList()));
  }

  /**
   * The objects that differ from the manifest, with the fields, but for those that say to ignore
   * it. None while Helm is at work on the release.
   */
  List<ObjectDrift> drift(ResourceID chart) {
    FollowedRelease release = releases.get(chart);
    return release == null || operating.contains(chart) ? List.of() : release.drift();
  }

  /**
   * Applies the objects that differ and are to be repaired, as they are in the manifest. The caller
   * has seen that this is still the revision in force.
   */
  RepairOutcome repair(ResourceID chart) {
    FollowedRelease release = releases.get(chart);
    return release == null || operating.contains(chart)
        ? RepairOutcome.nothing()
        : release.repair();
  }

  /**
   * How long from now to look at drift though nothing has changed, since somebody fights over an
   * object or the server has refused something; empty if there is no need to.
   */
  Optional<Duration> nextLook(ResourceID chart) {
    return Optional.ofNullable(releases.get(chart)).flatMap(FollowedRelease::nextLook);
  }

  /** What users are to know besides health and drift, e.g. of a drift policy that is none. */
  List<String> notes(ResourceID chart) {
    return Optional.ofNullable(releases.get(chart)).map(FollowedRelease::notes).orElse(List.of());
  }

  @Override
  public void close() {
    releases.clear();
    followers.clear();
    watches.close();
    diagnosis.close();
    timer.shutdownNow();
    lookUps.shutdownNow();
  }

  private void awaitKnown(FollowedRelease release) {
    try {
      watches.await(release.scopes(), FIRST_LOOK);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An event may be late, but an answer is not. */
  private void look(ObjectKey key) {
    try {
      api.get(key.kind(), key.namespace(), key.name())
          .ifPresent(live -> watches.put(key.kind(), live));
    } catch (KubernetesClientException e) {
      LOG.debug("{} not looked at: {}", key, e.getMessage());
    }
  }

  private void resolveLater(ResourceID chart, FollowedRelease release, Duration pause) {
    timer.schedule(
        () -> {
          if (releases.get(chart) == release) {
            Set<ObjectKey> before = release.keys();
            boolean incomplete = release.resolve(discovery);
            if (!release.keys().equals(before)) {
              index(chart, release.keys());
              watches.tellWhenKnown(release.scopes());
              changed.accept(chart);
            }
            if (incomplete) {
              Duration twice = pause.multipliedBy(2);
              resolveLater(
                  chart, release, twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice);
            }
          }
        },
        pause.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** Takes down whose the objects are, and watches what all of them are in. */
  private synchronized void index(ResourceID chart, Set<ObjectKey> keys) {
    followers.follow(chart, keys);
    watches.retain(followers.scopes());
  }

  private void seen(ObjectKey key) {
    followers.of(key).forEach(changed);
  }

  private void settled(Scope scope) {
    followers.of(scope.kind()).forEach(changed);
  }

  private static String nameOf(ResourceID chart) {
    return chart.getNamespace().orElse("") + "/" + chart.getName();
  }

  private static ResourceID idOf(String name) {
    int slash = name.indexOf('/');
    return new ResourceID(name.substring(slash + 1), name.substring(0, slash));
  }
}
