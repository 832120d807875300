package dev.plinth.helm.engine;

import java.util.Set;

/**
 * An engine.
 *
 * @param kind which of the engines
 * @param helmVersion the version of Helm in it, such as {@code 3.21.0}
 * @param features what it can do
 * @param location where Helm is: the path of a command, or what holds the library
 */
public record EngineInfo(
    EngineKind kind, String helmVersion, Set<EngineFeature> features, String location) {

  public EngineInfo {
    features = Set.copyOf(features);
  }

  public boolean has(EngineFeature feature) {
    return features.contains(feature);
  }

  @Override
  public String toString() {
    return "%s engine (Helm %s, %s)".formatted(kind.flag(), helmVersion, location);
  }
}
