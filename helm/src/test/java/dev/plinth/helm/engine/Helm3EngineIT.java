package dev.plinth.helm.engine;

import dev.plinth.controlplane.tools.Tool;

/** The helm command of version 3. */
class Helm3EngineIT extends CliContract {

  @Override
  Tool tool() {
    return Tool.HELM;
  }
}
