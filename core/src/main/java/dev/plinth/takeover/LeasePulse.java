package dev.plinth.takeover;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.base.Ticker;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether the holder of a Lease lives, told as client-go tells it: by whether the record changes
 * within its own duration while it is looked at. What times stand in it does not matter, so the
 * clocks of holder and observer need not agree.
 */
final class LeasePulse {

  /** What is known so far. */
  enum Sign {
    /** There is no such Lease. */
    ABSENT,
    /** It has not been looked at for its duration yet. */
    UNDECIDED,
    /** It has changed within its duration. */
    ALIVE,
    /** It has not. */
    DEAD
  }

  /**
   * A Lease that is given up has a duration of a second; the next holder takes longer than that.
   */
  private static final Duration UNHELD = Duration.ofSeconds(5);

  private static final long DEFAULT_SECONDS = 15;

  private final Ticker ticker;
  private Optional<JsonNode> last = Optional.empty();
  private long since;
  private boolean changed;

  /**
   * @param ticker a monotonic clock
   */
  LeasePulse(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * Takes a look at the Lease in.
   *
   * @param lease as it is now; empty if there is none
   */
  synchronized void look(Optional<? extends JsonNode> lease) {
    Optional<JsonNode> spec = lease.map(it -> it.path("spec"));
    if (!spec.equals(last)) {
      changed = spec.isPresent() && last.isPresent();
      since = ticker.read();
      last = spec;
    }
  }

  /** What the looks so far tell. */
  synchronized Sign sign() {
    if (last.isEmpty()) {
      return Sign.ABSENT;
    }
    boolean within = ticker.read() - since <= patience().toNanos();
    return within ? changed ? Sign.ALIVE : Sign.UNDECIDED : Sign.DEAD;
  }

  /** For how long an unchanged record says nothing. */
  synchronized Duration patience() {
    JsonNode spec = last.orElse(MissingNode.getInstance());
    boolean isHeld = !spec.path("holderIdentity").asText("").isEmpty();
    return isHeld
        ? Duration.ofSeconds(spec.path("leaseDurationSeconds").asLong(DEFAULT_SECONDS))
        : UNHELD;
  }
}
