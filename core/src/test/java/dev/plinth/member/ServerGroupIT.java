package dev.plinth.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.base.Ticker;
import dev.plinth.cluster.Labels;
import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Request;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several servers and a real API server. */
class ServerGroupIT {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          builder -> builder.without(Component.SCHEDULER, Component.CONTROLLER_MANAGER));

  private static final LeaseTimes TIMES =
      new LeaseTimes(Duration.ofSeconds(2), Duration.ofMillis(1400), Duration.ofMillis(300));
  private static final Duration TAKE_OVER = TIMES.duration().multipliedBy(3).dividedBy(2);
  private static final Duration AT_ONCE = Duration.ofMillis(700);

  private final List<Server> servers = new ArrayList<>();

  @AfterEach
  void end() {
    servers.forEach(Server::close);
    CONTROL_PLANE
        .client()
        .leases()
        .inNamespace(ApiLeases.NAMESPACE)
        .withLabel(Labels.SERVER)
        .delete();
    Map<String, List<StackTraceElement>> left = new TreeMap<>();
    Thread.getAllStackTraces()
        .forEach((thread, stack) -> left.put(thread.getName(), List.of(stack)));
    left.keySet().removeIf(it -> !it.matches("plinth-.*-member.*"));
    assertThat(left).isEmpty();
  }

  @Test
  void a_single_server_leads_at_once() throws Exception {
    Server one = start("a");

    await().atMost(AT_ONCE).until(one.group::leads);
    assertThat(one.group.live()).containsExactly(one.member);
    assertThat(one.group.leader()).contains(one.member.id());
    assertThat(one.group.memberFence().holds()).isTrue();
  }

  @Test
  void clocks_ten_minutes_apart_in_either_direction_make_no_second_leader() throws Exception {
    Server now = start("a");
    await().atMost(AT_ONCE).until(now.group::leads);
    start("b", it -> it.clock = InstantSource.system()::instant);
    Server ahead = start("c", it -> it.clock = () -> Instant.now().plusSeconds(600));
    Server behind = start("d", it -> it.clock = () -> Instant.now().minusSeconds(600));

    await()
        .during(TIMES.duration())
        .atMost(TAKE_OVER.plusSeconds(2))
        .until(() -> leaders().equals(List.of(now)));
    assertThat(now.told).doesNotContain("lost");

    now.close();
    await().atMost(AT_ONCE).until(() -> leaders().size() == 1);
    Server next = leaders().get(0);
    next.close();
    await().atMost(AT_ONCE).until(() -> leaders().size() == 1);
    Server last = leaders().get(0);
    await()
        .during(TIMES.renewDeadline())
        .atMost(TAKE_OVER.plusSeconds(2))
        .until(() -> leaders().equals(List.of(last)));
    assertThat(List.of(ahead.told, behind.told)).anyMatch(it -> it.contains("gained"));
  }

  @Test
  void a_clock_that_jumps_changes_nothing() throws Exception {
    Instant[] jumping = {Instant.now()};
    Server leader = start("a", it -> it.clock = () -> jumping[0]);
    await().atMost(AT_ONCE).until(leader.group::leads);
    Server other = start("b");

    for (int minutes : new int[] {60, -180, 0}) {
      jumping[0] = jumping[0].plusSeconds(minutes * 60L);
      Instant then = jumping[0];
      await()
          .atMost(TAKE_OVER)
          .until(
              () ->
                  !lease(LeaderLease.NAME)
                      .getSpec()
                      .getRenewTime()
                      .toInstant()
                      .isBefore(then.minusMillis(1)));
    }
    assertThat(leader.told).doesNotContain("lost");
    assertThat(other.told).doesNotContain("gained");
  }

  @Test
  void a_silent_leader_stops_writing_before_another_one_leads() throws Exception {
    Server leader = start("a");
    await().atMost(AT_ONCE).until(leader.group::leads);
    Server other = start("b");
    await().until(() -> other.group.live().size() == 2 && leader.group.live().size() == 2);

    leader.silent = true;
    long begin = System.nanoTime();
    await().atMost(TAKE_OVER).until(other.group::leads);

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(TAKE_OVER);
    assertThat(leader.told).containsSubsequence("gained", "lost");
    assertThat(leader.lostAt).isLessThan(other.gainedAt);
    assertThat(leader.group.memberFence().holds()).isFalse();
    await().atMost(TAKE_OVER).until(() -> other.group.live().size() == 1);

    leader.silent = false;
    await().atMost(TAKE_OVER).until(() -> other.group.isLive("a"));
    await().atMost(AT_ONCE).until(() -> leader.group.leader().equals(Optional.of(other.id())));
    assertThat(leaders()).containsExactly(other);
  }

  @Test
  void a_restarted_server_has_its_leases_at_once() throws Exception {
    Server killed = start("a");
    await().atMost(AT_ONCE).until(killed.group::leads);
    killed.kill();
    Server restarted = new Server(killed.id(), "1.0", new TreeMap<>());
    servers.add(restarted);

    restarted.group.join();

    await().atMost(AT_ONCE).until(restarted.group::leads);
  }

  @Test
  void leadership_is_handed_over() throws Exception {
    Server leader = start("a");
    await().atMost(AT_ONCE).until(leader.group::leads);
    start("b");
    Server heir = start("c");
    await().until(() -> leader.group.live().size() == 3);

    leader.group.handOver(heir.id(), "the test wants it");

    await().atMost(AT_ONCE).until(heir.group::leads);
    assertThat(leaders()).containsExactly(heir);
  }

  @Test
  void what_users_do_to_leases_is_put_right() throws Exception {
    Server leader = start("a");
    await().atMost(AT_ONCE).until(leader.group::leads);
    Server other = start("b");
    await().until(() -> leader.group.live().size() == 2);

    delete(LeaderLease.NAME);
    await()
        .atMost(TAKE_OVER)
        .until(() -> leader.told.contains("lost") && leaders().equals(List.of(leader)));
    delete(other.id().leaseName());
    await().atMost(TAKE_OVER).until(() -> lease(other.id().leaseName()) != null);
    CONTROL_PLANE
        .client()
        .leases()
        .inNamespace(ApiLeases.NAMESPACE)
        .withName(LeaderLease.NAME)
        .edit(it -> it.edit().editSpec().withHolderIdentity("somebody").endSpec().build());
    await().atMost(AT_ONCE).until(() -> leaders().isEmpty());
    await().atMost(TAKE_OVER).until(() -> leaders().size() == 1);
  }

  @Test
  void of_twenty_candidates_never_more_than_one_may_write() throws Exception {
    for (int i = 0; i < 20; i++) {
      servers.add(new Server(id("n" + i), "1.0", new TreeMap<>()));
    }
    List<List<Server>> seen = new CopyOnWriteArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(21);
    try {
      Future<?> looking =
          threads.submit(
              () -> {
                while (!Thread.interrupted()) {
                  List<Server> now = leaders();
                  if (now.size() > 1) {
                    seen.add(now);
                  }
                }
              });
      List<Future<?>> joins = new ArrayList<>();
      servers.forEach(
          it ->
              joins.add(
                  threads.submit(
                      () -> {
                        it.group.join();
                        return null;
                      })));
      for (Future<?> join : joins) {
        join.get();
      }
      for (int i = 0; i < 3; i++) {
        await().atMost(Duration.ofSeconds(10)).until(() -> leaders().size() == 1);
        leaders().get(0).close();
      }
      await().until(() -> leaders().size() == 1);
      leaders().get(0).silent = true;
      await().atMost(TAKE_OVER).until(() -> leaders().isEmpty());
      await().atMost(TAKE_OVER).until(() -> leaders().size() == 1);
      looking.cancel(true);
    } finally {
      threads.shutdownNow();
    }
    servers.forEach(it -> it.silent = false);
    assertThat(seen).isEmpty();
  }

  @Test
  void two_idle_servers_write_two_leases_per_period_at_most_and_ask_for_nothing() throws Exception {
    Server leader = start("a");
    await().atMost(AT_ONCE).until(leader.group::leads);
    Server other = start("b");
    await().until(() -> leader.group.live().size() == 2 && other.group.live().size() == 2);
    Mark mark = CONTROL_PLANE.controlPlane().mark();
    Instant begin = Instant.now();
    int periods = 4;

    await()
        .during(TIMES.renewEvery().multipliedBy(periods))
        .atMost(Duration.ofSeconds(10))
        .until(() -> leaders().equals(List.of(leader)));

    long most = Duration.between(begin, Instant.now()).dividedBy(TIMES.renewEvery()) + 1;
    for (Server server : List.of(leader, other)) {
      List<Request> requests =
          CONTROL_PLANE.controlPlane().requestsSince(mark).username(server.user).stream().toList();
      assertThat(requests).allMatch(it -> it.verb().equals("update"));
      assertThat((long) requests.size())
          .isBetween(
              server == leader ? 2L * (periods - 1) : periods - 1,
              server == leader ? 2 * most : most);
    }
  }

  @Test
  void a_server_with_other_settings_is_refused_until_the_other_one_has_gone() throws Exception {
    Server first = start("a", it -> it.settings.put("--cluster-dns", "10.43.0.10"));
    Server second = new Server(id("b"), "1.0", settings("--cluster-dns", "10.53.0.10"));
    servers.add(second);

    assertThatThrownBy(second.group::join)
        .isInstanceOf(SettingsDifferException.class)
        .hasMessageContaining("--cluster-dns is \"10.53.0.10\" here and \"10.43.0.10\" there")
        .hasMessageContaining("server a");
    assertThat(lease(second.id().leaseName())).isNull();
    assertThat(second.group.live()).containsExactly(first.member);

    second.told.clear();
    first.close();
    await().atMost(AT_ONCE).until(() -> second.told.contains("changed"));
    second.group.join();
    await().atMost(AT_ONCE).until(second.group::leads);
  }

  @Test
  void of_two_servers_with_different_settings_that_start_together_one_is_refused()
      throws Exception {
    Server a = new Server(id("a"), "1.0", settings("--cluster-dns", "10.43.0.10"));
    Server b = new Server(id("b"), "1.0", settings("--cluster-dns", "10.53.0.10"));
    servers.addAll(List.of(a, b));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Boolean>> joins =
          Stream.of(a, b)
              .map(
                  it ->
                      threads.submit(
                          () -> {
                            try {
                              it.group.join();
                              return true;
                            } catch (SettingsDifferException e) {
                              return false;
                            }
                          }))
              .toList();
      List<Boolean> joined = List.of(joins.get(0).get(), joins.get(1).get());
      assertThat(joined).containsExactlyInAnyOrder(true, false);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void a_dead_server_with_other_settings_is_waited_for() throws Exception {
    Server dead = start("a", it -> it.settings.put("--cluster-dns", "10.43.0.10"));
    dead.kill();
    Server next = new Server(id("b"), "1.0", settings("--cluster-dns", "10.53.0.10"));
    servers.add(next);

    next.group.join();

    await().atMost(TAKE_OVER).until(next.group::leads);
  }

  @Test
  void a_missing_right_is_told_and_joining_can_be_tried_again() {
    KubernetesClient nobody = CONTROL_PLANE.controlPlane().clientFor("nobody");
    ServerGroup group =
        new ServerGroup(
            nobody,
            member(id("a"), "1.0", new TreeMap<>()),
            TIMES,
            Ticker.systemTicker(),
            InstantSource.system(),
            new Silent());
    try (group) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(group::join)
            .isInstanceOfSatisfying(
                KubernetesClientException.class, it -> assertThat(it.getCode()).isEqualTo(403));
      }
    }
  }

  private Server start(String name) throws SettingsDifferException {
    return start(name, it -> {});
  }

  private Server start(String name, Consumer<Server> with) throws SettingsDifferException {
    Server server = new Server(id(name), "1.0", new TreeMap<>(), with);
    servers.add(server);
    server.group.join();
    return server;
  }

  private List<Server> leaders() {
    return servers.stream().filter(it -> it.group.leaderFence().holds()).toList();
  }

  private static Lease lease(String name) {
    return CONTROL_PLANE.client().leases().inNamespace(ApiLeases.NAMESPACE).withName(name).get();
  }

  private static void delete(String name) {
    CONTROL_PLANE.client().leases().inNamespace(ApiLeases.NAMESPACE).withName(name).delete();
  }

  private static ServerId id(String name) {
    return new ServerId(name, UUID.randomUUID().toString());
  }

  private static SortedMap<String, String> settings(String flag, String value) {
    return new TreeMap<>(Map.of(flag, value));
  }

  private static Member member(ServerId id, String version, SortedMap<String, String> settings) {
    return new Member(id, version, Set.of("x"), Set.of(), settings);
  }

  private static class Silent implements ServerGroup.Listener {
    @Override
    public void membersChanged() {}

    @Override
    public void leadershipGained() {}

    @Override
    public void leadershipLost() {}
  }

  /** A server whose requests can be told from all others, and kept from being sent. */
  private static final class Server implements ServerGroup.Listener, AutoCloseable {

    final String user = "host-" + UUID.randomUUID();
    final SortedMap<String, String> settings = new TreeMap<>();
    final List<String> told = new CopyOnWriteArrayList<>();
    final KubernetesClient client;
    final Member member;
    final ServerGroup group;
    InstantSource clock = InstantSource.system();
    volatile boolean silent;
    volatile long gainedAt;
    volatile long lostAt;

    Server(ServerId id, String version, SortedMap<String, String> settings) {
      this(id, version, settings, it -> {});
    }

    Server(ServerId id, String version, SortedMap<String, String> own, Consumer<Server> with) {
      settings.putAll(own);
      with.accept(this);
      client = clientOf(this);
      member = ServerGroupIT.member(id, version, settings);
      group = new ServerGroup(client, member, TIMES, Ticker.systemTicker(), clock, this);
    }

    private static KubernetesClient clientOf(Server server) {
      return new KubernetesClientBuilder()
          .withConfig(CONTROL_PLANE.controlPlane().clientConfigFor(server.user, "system:masters"))
          .withHttpClientBuilderConsumer(
              it -> it.addOrReplaceInterceptor("silence", new Silence(server)))
          .build();
    }

    ServerId id() {
      return member.id();
    }

    /** Ends without a word. */
    void kill() {
      silent = true;
      group.close();
    }

    @Override
    public void close() {
      group.close();
      client.close();
    }

    @Override
    public void membersChanged() {
      told.add("changed");
    }

    @Override
    public void leadershipGained() {
      gainedAt = System.nanoTime();
      told.add("gained");
    }

    @Override
    public void leadershipLost() {
      lostAt = System.nanoTime();
      told.add("lost");
    }
  }

  /** Lets nothing through while its server is silent. */
  private record Silence(Server server) implements Interceptor {
    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      if (server.silent) {
        throw new KubernetesClientException("silent");
      }
    }
  }
}
