package dev.plinth.helm.engine;

import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Files;
import java.nio.file.Path;

/** A host with the Helm library in it, which is then asked to end: see {@link NativeHelmTest}. */
final class SignalledHost {

  private SignalledHost() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    NativeHelm helm = NativeHelm.load(Files.createDirectories(directory.resolve("library")));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    Files.writeString(directory.resolve("hook"), "ran");
                  } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                }));
    for (int i = 0; i < 2; i++) {
      new TemplateCommand(helm.library(), TestCharts.traefik()).withKubeVersion("1.35.0").call();
    }
    System.out.println("ready " + helm.version());
    Thread.sleep(60_000);
  }
}
