package dev.plinth.helm.engine;

import java.util.Arrays;
import java.util.Optional;

/** Which engine; the flag {@code --helm-engine} and the annotation know them by these names. */
public enum EngineKind {
  /** Helm as a library in this process: the default. */
  IN_PROCESS("in-process"),
  /** The {@code helm} command, version 3 or 4. */
  CLI("cli");

  private final String flag;

  EngineKind(String flag) {
    this.flag = flag;
  }

  public String flag() {
    return flag;
  }

  public static Optional<EngineKind> of(String flag) {
    return Arrays.stream(values()).filter(kind -> kind.flag.equals(flag)).findFirst();
  }
}
