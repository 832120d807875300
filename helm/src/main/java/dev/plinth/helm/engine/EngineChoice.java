package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** Which engine there is for what was asked for. */
public sealed interface EngineChoice {

  /** Why there is no engine of a kind that was looked for; empty if the first one was there. */
  List<String> missing();

  /**
   * An engine.
   *
   * @param missing not empty if it is not of the kind that was asked for
   */
  record Chosen(HelmEngine engine, List<String> missing) implements EngineChoice {
    public Chosen {
      requireNonNull(engine, "engine");
      missing = List.copyOf(missing);
    }
  }

  /** There is no engine here. */
  record None(List<String> missing) implements EngineChoice {
    public None {
      missing = List.copyOf(missing);
    }
  }
}
