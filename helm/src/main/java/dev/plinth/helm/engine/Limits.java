package dev.plinth.helm.engine;

import static dev.plinth.helm.engine.EngineFeature.API_VERSIONS;
import static dev.plinth.helm.engine.EngineFeature.CONFIGMAP_STORAGE;
import static dev.plinth.helm.engine.EngineFeature.LARGE_INTEGERS;
import static dev.plinth.helm.engine.EngineFeature.SERVER_SIDE_APPLY;
import static dev.plinth.helm.engine.EngineFeature.UNINSTALL_TIMEOUT;
import static dev.plinth.helm.engine.EngineFeature.WAIT_FOR_JOBS;

import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.StorageDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What of a request an engine refuses, and what it does in another way. */
record Limits(EngineInfo engine) {

  private static final Set<String> DELETE_EVENTS = Set.of("pre-delete", "post-delete");

  Optional<String> refusal(ApplyRequest request) {
    if (request.serverSide() == ServerSide.TRUE && !engine.has(SERVER_SIDE_APPLY)) {
      return Optional.of(
          "serverSide \"true\": the %s has no server-side apply; the %s engine with Helm 4 has it"
              .formatted(engine, EngineKind.CLI.flag()));
    }
    return refusal(request.target());
  }

  Optional<String> refusal(ReleaseTarget target) {
    return target.storage() == StorageDriver.CONFIGMAP && !engine.has(CONFIGMAP_STORAGE)
        ? Optional.of(
            "driver \"configmap\": the %s stores releases in Secrets only; the %s engine can"
                .formatted(engine, EngineKind.CLI.flag()))
        : Optional.empty();
  }

  List<EngineLimit> of(ApplyRequest request) {
    List<EngineLimit> limits = new ArrayList<>();
    if (request.serverSide() == ServerSide.AUTO && !engine.has(SERVER_SIDE_APPLY)) {
      limits.add(
          new EngineLimit(
              "serverSide",
              "auto: the %s has no server-side apply; objects are patched client-side"
                  .formatted(engine)));
    }
    if (request.forceConflicts()
        && (request.serverSide() == ServerSide.FALSE || !engine.has(SERVER_SIDE_APPLY))) {
      limits.add(
          new EngineLimit(
              "forceConflicts",
              "has no effect without server-side apply: a client-side patch takes the fields of"
                  + " the chart without asking"));
    }
    if (request.waitForJobs() && !engine.has(WAIT_FOR_JOBS)) {
      limits.add(new EngineLimit("waitForJobs", "the %s does not wait for Jobs".formatted(engine)));
    }
    Set<String> integers = request.values().integers().keySet();
    if (!integers.isEmpty() && !engine.has(LARGE_INTEGERS)) {
      limits.add(
          new EngineLimit(
              "set",
              "%s: the %s gets values in a file, where Helm takes them for floating point: a template may print 1e+06 for a million"
                  .formatted(String.join(", ", integers), engine)));
    }
    return limits;
  }

  List<EngineLimit> ofUninstallation(Release release) {
    boolean hooks =
        release.hooks().stream()
            .anyMatch(hook -> hook.events().stream().anyMatch(DELETE_EVENTS::contains));
    return hooks && !engine.has(UNINSTALL_TIMEOUT)
        ? List.of(
            new EngineLimit(
                "timeout",
                "the %s waits for the chart's delete hooks without a limit".formatted(engine)))
        : List.of();
  }

  List<EngineLimit> ofRendering() {
    return engine.has(API_VERSIONS)
        ? List.of()
        : List.of(
            new EngineLimit(
                "render",
                "the %s renders with the cluster's version and Kubernetes' built-in APIs"
                    .formatted(engine)));
  }
}
