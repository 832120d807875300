package dev.plinth.examples.server;

import dev.plinth.Plinth;
import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} tells. */
final class Versions implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {
      "plinth " + Plinth.class.getPackage().getImplementationVersion(),
      "Kubernetes " + Toolbox.standard().version(Tool.KUBE_APISERVER)
    };
  }
}
