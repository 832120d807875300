package dev.plinth.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestsTest {
  private static final Request READ = request("get", "", "configmaps", "agent/1", "", false);
  private static final Request APPLY =
      request("patch", "apps", "deployments", "agent/1", "plinth", false);
  private static final Request DRY_RUN =
      request("patch", "apps", "deployments", "agent/1", "plinth", true);
  private static final Request LEASE =
      request("update", "coordination.k8s.io", "leases", "agent/2", "", false);
  private static final Request DELETE = request("delete", "", "configmaps", "other", "", false);
  private static final Request REVIEW = request("post", "", "", "other", "", false);

  private final Requests requests =
      new Requests(0, List.of(READ, APPLY, DRY_RUN, LEASE, DELETE, REVIEW));

  private static Request request(
      String verb,
      String group,
      String resource,
      String agent,
      String fieldManager,
      boolean dryRun) {
    return new Request(
        verb,
        group,
        resource,
        "",
        "ns",
        "name",
        agent,
        "user",
        fieldManager,
        dryRun,
        200,
        Instant.EPOCH,
        "/some/path");
  }

  @Test
  void writesAreWhatChangesTheClusterButLeases() {
    assertThat(requests.writes()).containsExactly(APPLY, DELETE);
  }

  @Test
  void leasesCanBeLeftOut() {
    assertThat(requests.withoutLeases()).containsExactly(READ, APPLY, DRY_RUN, DELETE, REVIEW);
  }

  @Test
  void dryRunsAreApart() {
    assertThat(requests.dryRuns()).containsExactly(DRY_RUN);
  }

  @Test
  void filtersNarrowDownOneAnother() {
    assertThat(requests.userAgent("agent/").fieldManager("plinth").writes()).containsExactly(APPLY);
    assertThat(requests.verb("get", "delete").resource("configmaps")).containsExactly(READ, DELETE);
    assertThat(requests.resource("deployments.apps").count()).isEqualTo(2);
    assertThat(requests.username("nobody").isEmpty()).isTrue();
  }

  @Test
  void aMarkDividesBeforeFromAfter() {
    assertThat(requests.since(new Mark(4))).containsExactly(DELETE, REVIEW);
    assertThat(requests.since(new Mark(4)).since(new Mark(5))).containsExactly(REVIEW);
    assertThat(requests.since(new Mark(6))).isEmpty();
    assertThatThrownBy(() -> requests.since(new Mark(7)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> requests.writes().since(new Mark(1)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void countsByVerbAndResource() {
    assertThat(requests.countsByVerb())
        .isEqualTo(Map.of("delete", 1L, "get", 1L, "patch", 2L, "post", 1L, "update", 1L));
    assertThat(requests.countsByVerbAndResource())
        .containsEntry("patch deployments.apps", 2L)
        .containsEntry("post /some/path", 1L);
  }

  @Test
  void itsTextIsForTheMessageOfAnAssertion() {
    assertThat(requests.writes())
        .hasToString(
            "2 requests {delete configmaps=1, patch deployments.apps=1}\n"
                + "  1970-01-01T00:00:00Z 200 patch deployments.apps ns/name by user as plinth,"
                + " agent/1\n"
                + "  1970-01-01T00:00:00Z 200 delete configmaps ns/name by user, other");
  }
}
