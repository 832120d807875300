package dev.plinth.helm.engine;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** A host that is killed in the middle of an operation: see {@link CutOffIT}. */
final class CutOffHost {

  private CutOffHost() {}

  public static void main(String[] arguments) throws Exception {
    EngineKind kind = EngineKind.of(arguments[0]).orElseThrow();
    Path work = Path.of(arguments[1]);
    Path command = Path.of(arguments[2]);
    Path chart = Path.of(arguments[4]);
    boolean upgrade = arguments[6].equals("upgrade");
    try (var client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(new File(arguments[3])))
            .build()) {
      HelmEngines engines =
          new HelmEngines(
              client,
              new HelmEngines.Settings(
                  work,
                  Path.of(System.getProperty("java.io.tmpdir")),
                  Optional.of(command),
                  Map.copyOf(System.getenv())),
              InstantSource.system());
      HelmEngine engine = ((EngineChoice.Chosen) engines.choose(kind)).engine();
      ApplyRequest request =
          ApplyRequest.of(ReleaseTarget.of(arguments[5], "note"), chart)
              .waitReady(true)
              .timeout(Duration.ofMinutes(5))
              .build();
      System.out.println(upgrade ? engine.upgrade(request) : engine.install(request));
    }
  }
}
