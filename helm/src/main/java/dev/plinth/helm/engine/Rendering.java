package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** What became of a {@link RenderRequest}. */
public sealed interface Rendering {

  /**
   * The rendered chart.
   *
   * @param manifest YAML documents, hooks among them; may hold Secrets, so it is not in {@code
   *     toString}
   */
  record Rendered(String manifest, List<EngineLimit> limits) implements Rendering {
    public Rendered {
      requireNonNull(manifest, "manifest");
      limits = List.copyOf(limits);
    }

    @Override
    public String toString() {
      return "Rendered[" + manifest.length() + " characters, limits=" + limits + "]";
    }
  }

  /**
   * The chart can not be rendered with these values.
   *
   * @param message why, in Helm's own words without the values
   */
  record NotRendered(String message) implements Rendering {
    public NotRendered {
      requireNonNull(message, "message");
    }
  }
}
