package dev.plinth.overlay;

import static java.util.Objects.requireNonNull;

/**
 * Why an overlay, or its newest content, is not in force.
 *
 * @param source the file, as {@link OverlayFile#source()}
 * @param reason one CamelCase word
 * @param message what is wrong, and what is in force instead; names the file
 */
public record OverlayProblem(String source, String reason, String message) {

  /** Reason: it cannot be read, matches no object, or cannot be applied to it. */
  public static final String INVALID = "OverlayInvalid";

  /** Reason: the API server refuses what comes of it. */
  public static final String REFUSED = "OverlayRefused";

  /** Reason: it cannot be put into the cluster. */
  public static final String NOT_COPIED = "OverlayNotCopied";

  public OverlayProblem {
    requireNonNull(source, "source");
    requireNonNull(reason, "reason");
    requireNonNull(message, "message");
  }

  /** The same, with more to tell. */
  OverlayProblem and(String more) {
    return new OverlayProblem(source, reason, message + "; " + more);
  }
}
