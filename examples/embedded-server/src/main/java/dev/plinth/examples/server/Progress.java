package dev.plinth.examples.server;

import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.PlinthListener;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Shows what a server is doing while it does it: at first, on a terminal, as a table that changes
 * in place; otherwise as a line for each change. Warnings come to the terminal through the log.
 * Thread-safe.
 */
final class Progress implements PlinthListener, AutoCloseable {

  private static final Duration FRAME = Duration.ofMillis(250);
  private static final Duration QUIET_AT_MOST = Duration.ofSeconds(10);

  private final Terminal terminal;
  private final InstantSource clock;
  private final ScheduledExecutorService ticker;
  private final Map<String, Seen> statuses = new TreeMap<>();

  private boolean inPlace;
  private String step = "";
  private Instant stepBegan;
  private Instant lastLine;

  private Progress(Terminal terminal, InstantSource clock, ScheduledExecutorService ticker) {
    this.terminal = terminal;
    this.clock = clock;
    this.ticker = ticker;
    this.inPlace = terminal.isLive();
    this.stepBegan = clock.instant();
    this.lastLine = stepBegan;
  }

  /** A display that moves by itself until it is closed. */
  static Progress on(Terminal terminal) {
    ScheduledExecutorService ticker =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "progress");
              thread.setDaemon(true);
              return thread;
            });
    Progress progress = new Progress(terminal, InstantSource.system(), ticker);
    ticker.scheduleAtFixedRate(
        progress::tick, FRAME.toMillis(), FRAME.toMillis(), TimeUnit.MILLISECONDS);
    return progress;
  }

  /** A display that moves when {@link #tick} is called. */
  static Progress manual(Terminal terminal, InstantSource clock) {
    return new Progress(terminal, clock, null);
  }

  /** What is going on now that belongs to no add-on; replaces the step before. */
  synchronized void step(String text) {
    step = text;
    stepBegan = clock.instant();
    if (inPlace) {
      draw();
    } else {
      line(text);
    }
  }

  /** The steps are over: add-ons are all there is to see from now on. */
  synchronized void stepsDone() {
    step = "";
    if (inPlace) {
      draw();
    }
  }

  /** Takes the table off the terminal; what changes later is told in lines. */
  synchronized void linesFromNowOn() {
    step = "";
    inPlace = false;
    terminal.liveArea(List.of());
  }

  @Override
  public synchronized void onStatus(AddonStatus status) {
    Seen before = statuses.put(status.name(), new Seen(status, clock.instant()));
    if (inPlace) {
      draw();
    } else if (before == null || !sameWords(before.status(), status)) {
      line(String.join("", ReportTable.rows(List.of(status))));
    }
  }

  /** Takes the display off the terminal, and stops its clock. */
  @Override
  public void close() {
    if (ticker != null) {
      ticker.shutdownNow();
    }
    linesFromNowOn();
  }

  /** Moves the clock of the display; off a terminal, says now and then what is being waited for. */
  synchronized void tick() {
    if (inPlace) {
      draw();
    } else if (!step.isEmpty() && sinceLastLine().compareTo(QUIET_AT_MOST) >= 0) {
      line("%s (%ds)".formatted(step, sinceStepBegan().toSeconds()));
    }
  }

  private void draw() {
    List<String> lines =
        new ArrayList<>(ReportTable.rows(statuses.values().stream().map(this::asOfNow).toList()));
    if (!step.isEmpty()) {
      lines.add("%s (%ds)".formatted(step, sinceStepBegan().toSeconds()));
    }
    terminal.liveArea(lines);
  }

  private void line(String text) {
    lastLine = clock.instant();
    terminal.line(text);
  }

  /** The time of a status under way goes on after it was told. */
  private AddonStatus asOfNow(Seen seen) {
    AddonStatus status = seen.status();
    if (status.state() != AddonState.PROGRESSING) {
      return status;
    }
    Duration time = status.time().plus(Duration.between(seen.at(), clock.instant()));
    return new AddonStatus(
        status.name(), status.state(), status.reason(), status.message(), status.objects(), time);
  }

  private Duration sinceStepBegan() {
    return Duration.between(stepBegan, clock.instant());
  }

  private Duration sinceLastLine() {
    return Duration.between(lastLine, clock.instant());
  }

  private static boolean sameWords(AddonStatus one, AddonStatus other) {
    return one.state() == other.state()
        && one.reason().equals(other.reason())
        && one.message().equals(other.message());
  }

  private record Seen(AddonStatus status, Instant at) {}
}
