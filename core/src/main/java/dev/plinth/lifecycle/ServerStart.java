package dev.plinth.lifecycle;

import dev.plinth.addon.Selection;
import dev.plinth.addon.Selection.Decision;
import dev.plinth.addon.Selection.Selected;
import dev.plinth.config.ServerConfig;
import dev.plinth.manifest.StagingException;
import dev.plinth.member.NotPermittedException;
import dev.plinth.member.ServerGroup;
import dev.plinth.member.SettingsDifferException;
import dev.plinth.report.AddonState;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first loop of a server: waits for the API server, joins the other servers, and from then on
 * has its role looked at whenever something happens. Tried again until it gets to its end.
 */
final class ServerStart implements ReconcileQueue.Task {

  static final String KEY = "server";

  private static final Logger LOG = LoggerFactory.getLogger(ServerStart.class);
  private static final String WAITING = "WaitingForServer";
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final ApiServerGate gate;
  private final Selection selection;
  private final ServerGroup group;
  private final ServerRole role;
  private final Duration otherSettings;
  private final StatusBoard board;
  private final Warnings failures;
  private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  private boolean answered;
  private boolean joined;

  /**
   * @param gate what has to be there first
   * @param config the server's configuration
   * @param selection what this server would run by itself
   * @param group the servers to join
   * @param role what this one is among them
   * @param otherSettings when to try again if this server must not join them
   * @param board where it is told how things stand
   */
  ServerStart(
      ApiServerGate gate,
      ServerConfig config,
      Selection selection,
      ServerGroup group,
      ServerRole role,
      Duration otherSettings,
      StatusBoard board) {
    this.gate = gate;
    this.selection = selection;
    this.group = group;
    this.role = role;
    this.otherSettings = otherSettings;
    this.board = board;
    this.failures = new Warnings(board);
    board.moreToCome();
    publishDecisions();
    selection.warnings().forEach(board::warn);
    config.warnings().forEach(board::warn);
  }

  @Override
  public Optional<Duration> run() throws InterruptedException {
    try {
      if (!joined) {
        Optional<Duration> again = join();
        if (!joined) {
          return again;
        }
      }
      Optional<Duration> next = role.look();
      failures.are(List.of());
      backoff.reset();
      return next;
    } catch (SettingsDifferException e) {
      publishAll(AddonState.FAILED, "SettingsDiffer", e.getMessage());
      return Optional.of(otherSettings);
    } catch (NotPermittedException e) {
      LOG.debug("This server does not lead any more", e);
      return Optional.of(backoff.next());
    } catch (KubernetesClientException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      return failed(Verdict.of(e));
    } catch (StagingException e) {
      return failed(new Verdict(AddonState.FAILED, "StagingFailed", e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("Unexpected failure of the server", e);
      return failed(Verdict.unexpected(e));
    }
  }

  /** Returns when to try again, if this server has not joined the others. */
  private Optional<Duration> join() throws SettingsDifferException {
    Optional<String> obstacle = gate.obstacle();
    if (obstacle.isPresent()) {
      return waitFor(obstacle.get());
    }
    Optional<String> unsupported = gate.unsupported();
    if (unsupported.isPresent()) {
      publishAll(AddonState.FAILED, "UnsupportedServer", unsupported.get());
      return Optional.empty();
    }
    if (!answered) {
      answered = true;
      board.apiServerReady();
    }
    try {
      group.join();
      joined = true;
      return Optional.empty();
    } catch (KubernetesClientException e) {
      // Leases lie in the namespace that Addons lie in.
      Optional<String> missing =
          e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
              ? gate.missingNamespace()
              : Optional.empty();
      if (missing.isEmpty()) {
        throw e;
      }
      return waitFor(missing.get());
    }
  }

  private Optional<Duration> waitFor(String message) {
    publishAll(AddonState.PROGRESSING, WAITING, message);
    return Optional.of(backoff.next());
  }

  /** Once the server has its role, the add-ons' own loops tell where they stand. */
  private Optional<Duration> failed(Verdict verdict) {
    if (role.hasBegun()) {
      failures.are(List.of("this server cannot adapt to the others: " + verdict.message()));
    } else {
      publishAll(verdict.state(), verdict.reason(), verdict.message());
    }
    return Optional.of(backoff.next());
  }

  private void publishDecisions() {
    for (Selected selected : selection.addons()) {
      String name = selected.addon().name();
      if (selected.decision() instanceof Decision.Blocked blocked) {
        board.publish(name, AddonState.BLOCKED, "RequirementMissing", blocked.why(), 0);
      } else {
        // Told at once: the first request is tried again by the client for a while before it fails.
        board.publish(
            name, AddonState.PROGRESSING, WAITING, "the API server has not answered so far", 0);
      }
    }
  }

  private void publishAll(AddonState state, String reason, String message) {
    for (Selected selected : selection.addons()) {
      if (!(selected.decision() instanceof Decision.Blocked)) {
        board.publish(selected.addon().name(), state, reason, message, 0);
      }
    }
    if (state.settled()) {
      board.allKnown();
      board.allFilesKnown();
    }
  }
}
