package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Request;
import dev.plinth.controlplane.Requests;
import dev.plinth.testkit.ControlPlaneExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What two servers cost that have nothing to do. */
class IdleServersIT {

  private static final int PERIODS = 3;
  private static final int LEASES_OF_A_SERVER = 2;

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE = ControlPlaneExtension.shared();

  @TempDir Path directory;

  @Test
  void twoIdleServersRenewTheirLeasesAndAskForNothingElse() throws Exception {
    ControlPlane controlPlane = CONTROL_PLANE.controlPlane();
    TestAddon addon = new ManyConfigMaps("idle", 5, "right").addon();
    try (MemberHost leader = new MemberHost(controlPlane, "a", directory.resolve("a"));
        MemberHost follower = new MemberHost(controlPlane, "b", directory.resolve("b"))) {
      for (MemberHost host : new MemberHost[] {leader, follower}) {
        host.start(addon);
        assertThat(host.server().awaitReady(TestHost.PATIENCE).ready()).isTrue();
      }
      awaitCalm(leader, follower);
      Mark mark = controlPlane.mark();
      Instant begin = Instant.now();

      await()
          .pollInterval(Duration.ofMillis(100))
          .atMost(TestHost.PATIENCE)
          .until(() -> follower.requestsSince(mark).verb("update", "patch").count() >= PERIODS);

      double periods =
          (double) Duration.between(begin, Instant.now()).toMillis()
              / MemberHost.SHORT.renewEvery().toMillis();
      for (MemberHost host : new MemberHost[] {leader, follower}) {
        Requests requests = host.requestsSince(mark);
        Requests renewals = requests.filter(IdleServersIT::isLease).verb("update", "patch");
        assertThat(renewals.count())
            .as("%s in %.1f periods: %s", host, periods, renewals)
            .isBetween(PERIODS - 1, (int) Math.ceil(periods * LEASES_OF_A_SERVER) + 1);
        // A watch that the server ends after a while begins anew.
        assertThat(
                requests.filter(it -> !it.verb().equals("watch") && !renewals.list().contains(it)))
            .as(host.node())
            .isEmpty();
      }
      assertThat(leader.leads()).isTrue();
      assertThat(follower.leads()).isFalse();
    }
  }

  /** Statuses are written a moment after what they tell of. */
  private static void awaitCalm(MemberHost... hosts) {
    await()
        .during(MemberHost.SHORT.renewEvery().multipliedBy(2))
        .atMost(TestHost.PATIENCE)
        .until(
            new Callable<>() {
              private int before = -1;

              @Override
              public Boolean call() {
                int now = 0;
                for (MemberHost host : hosts) {
                  now += host.requests().filter(it -> !isLease(it)).count();
                }
                boolean calm = now == before;
                before = now;
                return calm;
              }
            });
  }

  private static boolean isLease(Request request) {
    return request.resource().equals("leases");
  }
}
