package dev.plinth.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.member.SimulatedCluster.Server;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CoordinationTest {

  private static final Duration DURATION = SimulatedCluster.TIMES.duration();
  private static final Duration TAKE_OVER = DURATION.multipliedBy(3).dividedBy(2);

  private List<String> worst = List.of();
  private SimulatedCluster cluster = cluster(1);

  private SimulatedCluster cluster(long seed) {
    return new SimulatedCluster(
        seed,
        () -> {
          if (cluster.writers().size() > worst.size()) {
            worst = cluster.writers();
          }
        });
  }

  static LongStream seeds() {
    return LongStream.range(0, 40);
  }

  private void start(int servers) {
    for (int i = 0; i < servers; i++) {
      cluster.start("n" + i);
    }
  }

  @Test
  void a_single_server_leads_at_once() {
    start(1);

    cluster.runUntil(() -> cluster.leader().isPresent(), Duration.ofSeconds(1));

    assertThat(cluster.servers.get(0).told).startsWith("changed").containsOnlyOnce("gained");
    assertThat(cluster.servers.get(0).coordination.view().leader())
        .contains(cluster.servers.get(0).member.id());
  }

  @Test
  void twenty_candidates_have_one_leader() {
    start(20);

    cluster.run(Duration.ofMinutes(1));

    assertThat(worst).hasSize(1);
    assertThat(cluster.servers).filteredOn(it -> it.leads).hasSize(1);
    assertThat(cluster.servers)
        .allSatisfy(
            it -> {
              assertThat(it.coordination.view().leader())
                  .isEqualTo(cluster.leader().map(leader -> leader.member.id()));
              assertThat(it.live()).hasSize(20);
            });
  }

  @Test
  void idle_servers_write_two_leases_per_period_at_most() {
    start(3);
    cluster.run(Duration.ofMinutes(1));
    cluster.servers.forEach(it -> it.writes = 0);

    cluster.run(Duration.ofMinutes(1));

    Server leader = cluster.leader().orElseThrow();
    long periods = Duration.ofMinutes(1).dividedBy(SimulatedCluster.TIMES.renewEvery());
    assertThat(leader.writes).isLessThanOrEqualTo((int) (2 * periods));
    assertThat(cluster.servers)
        .filteredOn(it -> it != leader)
        .allSatisfy(it -> assertThat(it.writes).isLessThanOrEqualTo((int) periods));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void when_the_leader_is_killed_another_one_leads_within_one_and_a_half_durations(long seed) {
    cluster = cluster(seed);
    start(3);
    cluster.run(Duration.ofSeconds(60 + seed));
    Server killed = cluster.leader().orElseThrow();

    killed.kill();

    assertThat(cluster.runUntil(() -> cluster.leader().isPresent(), TAKE_OVER))
        .isGreaterThan(Duration.ofSeconds(9));
    cluster.run(Duration.ofMinutes(1));
    assertThat(worst).hasSize(1);
    assertThat(cluster.leader().orElseThrow().live()).hasSize(2);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_leader_that_was_paused_does_not_write_and_learns_that_another_one_leads(long seed) {
    cluster = cluster(seed);
    start(2);
    cluster.run(Duration.ofSeconds(60 + seed));
    Server paused = cluster.leader().orElseThrow();
    Server other = cluster.servers.stream().filter(it -> it != paused).findFirst().orElseThrow();

    paused.pause(Duration.ofMinutes(1));
    cluster.run(Duration.ofSeconds(59));
    assertThat(other.leads).isTrue();
    assertThat(paused.coordination.leaderFence().holds()).isFalse();

    cluster.run(Duration.ofMinutes(1));
    assertThat(paused.leads).isFalse();
    assertThat(other.leads).isTrue();
    assertThat(other.told).containsOnlyOnce("gained");
    assertThat(paused.live()).hasSize(2);
    assertThat(worst).hasSize(1);
  }

  @Test
  void a_leader_that_is_cut_off_closes_its_fence_before_another_one_leads() {
    start(2);
    cluster.run(Duration.ofSeconds(30));
    Server old = cluster.leader().orElseThrow();
    Server other = cluster.servers.stream().filter(it -> it != old).findFirst().orElseThrow();

    old.cut(true);
    cluster.runUntil(() -> !old.leads, SimulatedCluster.TIMES.renewDeadline().plusMillis(100));
    assertThat(other.leads).isFalse();
    cluster.runUntil(() -> other.leads, TAKE_OVER);
    old.cut(false);
    cluster.run(Duration.ofMinutes(1));

    assertThat(other.leads).isTrue();
    assertThat(worst).hasSize(1);
    assertThat(old.live()).hasSize(2);
    assertThat(other.live()).hasSize(2);
  }

  @Test
  void nobody_is_taken_for_dead_because_of_an_outage_of_the_api_server() {
    start(3);
    cluster.run(Duration.ofSeconds(30));
    Server leader = cluster.leader().orElseThrow();
    cluster.servers.forEach(it -> it.told.clear());

    cluster.servers.forEach(it -> it.cut(true));
    cluster.run(Duration.ofMinutes(2));
    cluster.servers.forEach(it -> it.cut(false));
    cluster.run(Duration.ofMinutes(1));

    assertThat(cluster.leader()).contains(leader);
    assertThat(leader.told).containsExactlyInAnyOrder("lost", "changed", "gained", "changed");
    assertThat(cluster.servers).allSatisfy(it -> assertThat(it.live()).hasSize(3));
    assertThat(cluster.servers)
        .filteredOn(it -> it != leader)
        .allSatisfy(it -> assertThat(it.told).isEmpty());
  }

  @Test
  void who_leaves_is_followed_at_once() {
    start(3);
    cluster.run(Duration.ofSeconds(30));
    Server leader = cluster.leader().orElseThrow();

    leader.coordination.leave();

    assertThat(
            cluster.runUntil(
                () -> cluster.leader().filter(it -> it != leader).isPresent(),
                Duration.ofSeconds(1)))
        .isLessThan(Duration.ofMillis(500));
    cluster.run(Duration.ofMinutes(1));
    assertThat(cluster.leader().orElseThrow().live()).hasSize(2);
    assertThat(cluster.store).doesNotContainKey(leader.coordination.memberLease().name());
    assertThat(worst).hasSize(1);
  }

  @Test
  void who_is_restarted_has_its_leases_at_once() {
    start(2);
    cluster.run(Duration.ofSeconds(30));
    Server leader = cluster.leader().orElseThrow();

    leader.kill();
    cluster.run(Duration.ofSeconds(1));
    Server restarted = cluster.start(leader.member.id(), "1.0");

    assertThat(cluster.runUntil(() -> restarted.leads, Duration.ofSeconds(1)))
        .isLessThan(Duration.ofMillis(500));
  }

  @Test
  void leadership_is_handed_over_to_whom_it_is_meant_for() {
    start(3);
    cluster.run(Duration.ofSeconds(30));
    Server leader = cluster.leader().orElseThrow();
    Server heir = cluster.servers.stream().filter(it -> it != leader).reduce((a, b) -> b).get();

    leader.coordination.handOver(heir.member.id(), "test");

    cluster.runUntil(() -> heir.leads, Duration.ofMillis(500));
    assertThat(leader.leads).isFalse();
    assertThat(worst).hasSize(1);
  }

  @Test
  void what_is_handed_over_to_one_who_does_not_take_it_is_taken_by_another() {
    start(2);
    cluster.run(Duration.ofSeconds(30));
    Server leader = cluster.leader().orElseThrow();

    leader.coordination.handOver(new ServerId("gone", "d3b0a2f0-0000-4000-8000-000000000000"), "");
    cluster.runUntil(() -> !leader.leads, Duration.ofSeconds(1));

    assertThat(cluster.runUntil(() -> cluster.leader().isPresent(), Duration.ofSeconds(3)))
        .isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void the_best_candidate_goes_first() {
    cluster.start("a");
    cluster.start("b");
    Server newer = cluster.start(new ServerId("c", "d3b0a2f0-0000-4000-8000-000000000000"), "2.0");
    cluster.run(Duration.ofSeconds(30));
    cluster.leader().filter(it -> it != newer).ifPresent(Server::kill);

    cluster.runUntil(() -> newer.leads, TAKE_OVER);
    assertThat(worst).hasSize(1);
  }

  @Test
  void a_lease_edited_by_somebody_is_lost_and_taken_back_when_it_has_run_out() {
    start(2);
    cluster.run(Duration.ofSeconds(30));
    Server leader = cluster.leader().orElseThrow();

    cluster.edit(LeaderLease.NAME, it -> it.editSpec().withHolderIdentity("somebody").endSpec());

    cluster.runUntil(() -> !leader.leads, Duration.ofMillis(500));
    cluster.run(Duration.ofSeconds(10));
    assertThat(cluster.leader()).isEmpty();
    cluster.runUntil(() -> cluster.leader().isPresent(), TAKE_OVER);
  }

  @Test
  void a_leader_whose_lease_was_deleted_makes_it_anew_before_anybody_else() {
    start(3);
    cluster.run(Duration.ofSeconds(30));
    Server leader = cluster.leader().orElseThrow();

    cluster.delete(LeaderLease.NAME);
    cluster.runUntil(() -> !leader.leads, Duration.ofSeconds(1));
    cluster.runUntil(() -> cluster.leader().isPresent(), Duration.ofSeconds(1));

    assertThat(cluster.leader()).contains(leader);
    assertThat(worst).hasSize(1);
  }

  @Test
  void a_members_lease_that_was_deleted_or_edited_is_restored() {
    start(2);
    cluster.run(Duration.ofSeconds(33));
    Server member = cluster.servers.get(1);
    String name = member.coordination.memberLease().name();

    cluster.delete(name);
    cluster.runUntil(() -> cluster.store.containsKey(name), Duration.ofSeconds(3));
    cluster.run(Duration.ofSeconds(3));
    cluster.edit(
        name, it -> it.editMetadata().addToAnnotations(Announcement.ANNOTATION, "{").endMetadata());
    cluster.run(Duration.ofMillis(200));
    assertThat(cluster.servers.get(0).live()).hasSize(2);
    cluster.run(Duration.ofSeconds(3));

    assertThat(Announcement.in(new LeaseRecord(cluster.store.get(name)))).contains(member.member);
  }

  @Test
  void the_lease_of_a_server_that_went_long_ago_is_deleted() {
    start(2);
    cluster.run(Duration.ofSeconds(30));
    Server dead = cluster.servers.get(1);
    dead.kill();
    String name = dead.coordination.memberLease().name();

    cluster.run(DURATION.multipliedBy(5));
    assertThat(cluster.store).containsKey(name);
    assertThat(cluster.servers.get(0).live()).containsExactly("n0");

    cluster.run(DURATION.multipliedBy(8));
    assertThat(cluster.store).doesNotContainKey(name);
  }

  @Test
  void a_server_that_comes_back_from_the_dead_is_alive() {
    start(2);
    cluster.run(Duration.ofSeconds(30));
    Server paused = cluster.servers.get(1);

    paused.pause(Duration.ofMinutes(1));
    cluster.run(Duration.ofSeconds(55));
    assertThat(cluster.servers.get(0).live()).containsExactly("n0");
    cluster.run(Duration.ofSeconds(20));

    assertThat(cluster.servers.get(0).live()).containsExactly("n0", "n1");
  }

  /** Whatever happens to servers and their network, and in whatever order. */
  @ParameterizedTest
  @MethodSource("seeds")
  void there_are_never_two_leaders_and_in_the_end_there_is_one(long seed) {
    cluster = cluster(seed);
    Random random = cluster.random();
    start(2 + random.nextInt(4));
    List<Consumer<Server>> faults = new ArrayList<>();
    faults.add(it -> it.pause(Duration.ofMillis(random.nextInt(40_000))));
    faults.add(it -> it.cut(!it.cut));
    faults.add(it -> it.coordination.handOver(cluster.servers.get(0).member.id(), "test"));
    faults.add(it -> cluster.start("n" + cluster.servers.size()));
    faults.add(it -> it.coordination.watchAnew());
    faults.add(Server::kill);

    for (int i = 0; i < 40; i++) {
      List<Server> running = cluster.servers.stream().filter(it -> !it.killed).toList();
      if (running.size() < 2) {
        cluster.start("n" + cluster.servers.size());
      }
      Server one = cluster.servers.get(random.nextInt(cluster.servers.size()));
      faults.get(random.nextInt(faults.size())).accept(one);
      cluster.run(Duration.ofMillis(random.nextInt(12_000)));
      assertThat(worst).as("step %d: %s", i, cluster.describe()).hasSizeLessThanOrEqualTo(1);
    }
    cluster.servers.forEach(it -> it.cut(false));
    cluster.run(Duration.ofMinutes(3));

    assertThat(worst).hasSize(1);
    List<Server> running = cluster.servers.stream().filter(it -> !it.killed).toList();
    assertThat(running).filteredOn(it -> it.leads).as(cluster.describe()).hasSize(1);
    assertThat(running)
        .allSatisfy(
            it -> {
              assertThat(it.live()).as(cluster.describe()).hasSameSizeAs(running);
              assertThat(it.coordination.memberFence().holds()).isTrue();
              assertThat(it.coordination.view().leader())
                  .isEqualTo(Optional.of(cluster.leader().orElseThrow().member.id()));
            });
  }
}
