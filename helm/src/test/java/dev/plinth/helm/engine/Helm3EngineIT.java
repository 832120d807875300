package dev.plinth.helm.engine;

import dev.plinth.controlplane.tools.Tool;
import org.junit.jupiter.api.Tag;

/** The helm command of version 3. */
@Tag("exhaustive")
class Helm3EngineIT extends CliContract {

  @Override
  Tool tool() {
    return Tool.HELM;
  }
}
