package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * An installation or an upgrade of a release.
 *
 * @param chart an archive, or a chart's directory
 * @param values instead of those of the last revision, which are not reused
 * @param timeout for each thing that Helm waits for: hooks, and objects if {@code waitReady}
 * @param waitReady whether to end only when the objects are ready
 * @param waitForJobs whether Jobs have to be complete for that
 * @param createNamespace whether an installation makes the release's namespace
 * @param takeOwnership whether objects that exist and belong to no release become the release's
 * @param forceConflicts with server-side apply: whether to take fields that others have set
 * @param skipCrds whether an installation leaves the chart's {@code crds/} alone
 * @param labels for the object that stores the revision, besides those of the last revision
 * @param description for {@code helm history}; empty: Helm's own
 * @param historyMax how many revisions stay stored
 */
public record ApplyRequest(
    ReleaseTarget target,
    Path chart,
    ReleaseValues values,
    Duration timeout,
    boolean waitReady,
    boolean waitForJobs,
    boolean createNamespace,
    boolean takeOwnership,
    ServerSide serverSide,
    boolean forceConflicts,
    boolean skipCrds,
    Map<String, String> labels,
    Optional<String> description,
    int historyMax) {

  /** Helm's own. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);

  /** Helm's own. */
  public static final int DEFAULT_HISTORY = 10;

  public ApplyRequest {
    requireNonNull(target, "target");
    requireNonNull(chart, "chart");
    requireNonNull(values, "values");
    requireNonNull(timeout, "timeout");
    requireNonNull(serverSide, "serverSide");
    requireNonNull(description, "description");
    labels = Map.copyOf(labels);
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout: expected more than 0, found " + timeout);
    }
    if (historyMax < 1) {
      throw new IllegalArgumentException("historyMax: expected 1 or more, found " + historyMax);
    }
  }

  /** A request with Helm's defaults. */
  public static Builder of(ReleaseTarget target, Path chart) {
    return new Builder(target, chart);
  }

  /** What a request asks for besides the chart and the release. */
  public static final class Builder {
    private final ReleaseTarget target;
    private final Path chart;
    private ReleaseValues values = ReleaseValues.none();
    private Duration timeout = DEFAULT_TIMEOUT;
    private boolean waitReady;
    private boolean waitForJobs;
    private boolean createNamespace;
    private boolean takeOwnership;
    private ServerSide serverSide = ServerSide.AUTO;
    private boolean forceConflicts;
    private boolean skipCrds;
    private Map<String, String> labels = Map.of();
    private Optional<String> description = Optional.empty();
    private int historyMax = DEFAULT_HISTORY;

    private Builder(ReleaseTarget target, Path chart) {
      this.target = target;
      this.chart = chart;
    }

    public Builder values(ReleaseValues values) {
      this.values = values;
      return this;
    }

    public Builder timeout(Duration timeout) {
      this.timeout = timeout;
      return this;
    }

    public Builder waitReady(boolean waitReady) {
      this.waitReady = waitReady;
      return this;
    }

    public Builder waitForJobs(boolean waitForJobs) {
      this.waitForJobs = waitForJobs;
      return this;
    }

    public Builder createNamespace(boolean createNamespace) {
      this.createNamespace = createNamespace;
      return this;
    }

    public Builder takeOwnership(boolean takeOwnership) {
      this.takeOwnership = takeOwnership;
      return this;
    }

    public Builder serverSide(ServerSide serverSide) {
      this.serverSide = serverSide;
      return this;
    }

    public Builder forceConflicts(boolean forceConflicts) {
      this.forceConflicts = forceConflicts;
      return this;
    }

    public Builder skipCrds(boolean skipCrds) {
      this.skipCrds = skipCrds;
      return this;
    }

    public Builder labels(Map<String, String> labels) {
      this.labels = labels;
      return this;
    }

    public Builder description(String description) {
      this.description = Optional.of(description);
      return this;
    }

    public Builder historyMax(int historyMax) {
      this.historyMax = historyMax;
      return this;
    }

    public ApplyRequest build() {
      return new ApplyRequest(
          target,
          chart,
          values,
          timeout,
          waitReady,
          waitForJobs,
          createNamespace,
          takeOwnership,
          serverSide,
          forceConflicts,
          skipCrds,
          labels,
          description,
          historyMax);
    }
  }
}
