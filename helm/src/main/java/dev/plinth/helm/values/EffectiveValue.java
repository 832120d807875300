package dev.plinth.helm.values;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A value of a release with its origin.
 *
 * @param path the value, e.g. {@code ports.web.port} or {@code args[0]}
 * @param value a scalar, null, or an empty collection
 * @param origin where it came from
 */
public record EffectiveValue(String path, JsonNode value, Origin origin) {

  public EffectiveValue {
    requireNonNull(path, "path");
    requireNonNull(value, "value");
    requireNonNull(origin, "origin");
  }

  /** Whether the value came from a Secret and is not to be shown. */
  public boolean isSecret() {
    return origin.secret().isPresent();
  }

  /** {@code path = value # origin}, with stars for what came from a Secret. */
  @Override
  public String toString() {
    return "%s = %s  # %s".formatted(path, isSecret() ? "***" : value, origin);
  }
}
