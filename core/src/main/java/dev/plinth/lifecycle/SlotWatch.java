package dev.plinth.lifecycle;

import dev.plinth.addon.Selection;
import dev.plinth.config.ServerConfig;
import dev.plinth.slot.SlotOccupants;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of those who occupy the slot of an add-on besides it. Looks when add-ons are begun with, so
 * that whoever waits for them is told, and when they have settled, since what they have made may
 * show others. As long as there is somebody, it looks again now and then, to take the warning back
 * when he has gone.
 */
final class SlotWatch implements ReconcileQueue.Task, AutoCloseable {

  static final String KEY = "slots";

  private static final Logger LOG = LoggerFactory.getLogger(SlotWatch.class);
  private static final Duration PAUSE = Duration.ofSeconds(30);

  /** Costs no request: whether add-ons have settled is known here. */
  private static final Duration UNTIL_SETTLED = Duration.ofSeconds(1);

  private final Selection selection;
  private final SlotOccupants occupants;
  private final StatusBoard board;
  private final Set<String> told = new LinkedHashSet<>();

  /**
   * @param server where it looks, and whom it tells
   * @param config the server's configuration
   * @param selection which add-ons run
   */
  SlotWatch(Surroundings server, ServerConfig config, Selection selection) {
    this.selection = selection;
    this.occupants = new SlotOccupants(server.engine().api(), config, selection);
    this.board = server.board();
  }

  boolean isFor(Selection other) {
    return selection.equals(other);
  }

  /** Takes all warnings back; it must not run any more. */
  @Override
  public void close() {
    tell(List.of());
  }

  @Override
  public Optional<Duration> run() {
    if (!board.report().settled()) {
      return Optional.of(UNTIL_SETTLED);
    }
    return look() && told.isEmpty() ? Optional.empty() : Optional.of(PAUSE);
  }

  /**
   * Looks now.
   *
   * @return whether that was possible; an interruption stays to be seen on the thread
   */
  boolean look() {
    try {
      tell(occupants.warnings());
      return true;
    } catch (KubernetesClientException e) {
      LOG.debug("Whether slots have other occupants is asked again", e);
      return false;
    }
  }

  private void tell(List<String> warnings) {
    told.stream().filter(it -> !warnings.contains(it)).forEach(board::withdraw);
    warnings.forEach(board::warn);
    told.clear();
    told.addAll(warnings);
  }
}
