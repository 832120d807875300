package dev.plinth.apply;

import dev.plinth.apply.ChangeSet.Step;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.manifest.SourceLocation;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Asks the API server, by server-side dry run, whether it accepts what a change set applies. */
public final class ChangeTrial {

  private final ClusterApi api;

  public ChangeTrial(ClusterApi api) {
    this.api = api;
  }

  /**
   * What a trial shows.
   *
   * @param refused the objects that are not accepted, and would not be later without anybody doing
   *     something
   * @param certain whether the server could tell of all of them
   */
  public record Result(List<ObjectOutcome> refused, boolean certain) {

    public Result {
      refused = List.copyOf(refused);
    }
  }

  /**
   * Tries the new declarations among those at these places. What has been applied as it is declared
   * was accepted, and is not asked about.
   *
   * @throws KubernetesClientException if the server does not answer
   */
  public Result of(ChangeSet changes, Set<SourceLocation> places) {
    List<ObjectOutcome> refused = new ArrayList<>();
    boolean certain = true;
    for (Step step : changes.steps()) {
      if (step instanceof Step.Await await && places.contains(await.document().location())) {
        certain = false;
      } else if (step instanceof Step.Apply apply
          && apply.repairs().isEmpty()
          && places.contains(apply.desired().document().location())) {
        certain &= isTold(apply, refused);
      }
    }
    return new Result(refused, certain);
  }

  private boolean isTold(Step.Apply step, List<ObjectOutcome> refused) {
    DesiredObject desired = step.desired();
    try {
      api.dryRunApply(desired.kind(), desired.bodyWithMark(desired.hash()), step.force());
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == 0) {
        throw e;
      }
      if (ApplyFailure.asksForReplacement(e, desired)) {
        return true;
      }
      ApplyFailure failure = ApplyFailure.of(e, desired);
      boolean isConflict = e.getCode() == HttpURLConnection.HTTP_CONFLICT;
      if (!failure.passing() && !isConflict) {
        refused.add(Outcomes.failed(desired, failure.reason(), failure.message(), false));
      }
      return !failure.passing();
    }
  }
}
