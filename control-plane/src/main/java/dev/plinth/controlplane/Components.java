package dev.plinth.controlplane;

import dev.plinth.controlplane.tools.Executable;
import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The processes of a control plane. Whether they are ready is not decided here. */
final class Components {
  private static final Logger LOG = LoggerFactory.getLogger(Components.class);
  private static final Duration GRACE = Duration.ofSeconds(8);

  private final Toolbox toolbox;
  private final DataDirectory data;
  private final CommandLines commandLines;
  private final Map<Component, ComponentProcess> processes = new EnumMap<>(Component.class);
  private final Set<Component> wanted = EnumSet.noneOf(Component.class);

  Components(Toolbox toolbox, DataDirectory data, CommandLines commandLines) {
    this.toolbox = toolbox;
    this.data = data;
    this.commandLines = commandLines;
  }

  /** Finds the programs, which may mean to build them, before anything is started. */
  static void prepare(Toolbox toolbox, Collection<Component> components) {
    for (Component component : components) {
      supervisorOf(toolbox, toolbox.resolve(component.tool()));
    }
  }

  synchronized void start(Component component, int apiServerPort) {
    if (isRunning(component)) {
      throw new IllegalStateException(component.program() + " is running");
    }
    Executable program = toolbox.resolve(component.tool());
    try {
      ComponentProcess process =
          ComponentProcess.start(
              program,
              supervisorOf(toolbox, program),
              commandLines.arguments(component, apiServerPort),
              data.root(),
              data.newLog(component));
      processes.put(component, process);
      wanted.add(component);
      process.whenEnded(() -> noteEnd(component, process));
      LOG.debug("Started {} as process {}", component.program(), process.pid());
    } catch (IOException e) {
      throw new UncheckedIOException("Can not start " + component.program(), e);
    }
  }

  private synchronized void noteEnd(Component component, ComponentProcess process) {
    if (wanted.contains(component) && processes.get(component) == process) {
      LOG.warn("{} {}, which nobody asked for", component.program(), process.ending());
    }
  }

  /** Starts a component that was never started; one that was is left as it is. */
  synchronized void startFirst(Component component, int apiServerPort) {
    if (!processes.containsKey(component)) {
      start(component, apiServerPort);
    }
  }

  private static Optional<Executable> supervisorOf(Toolbox toolbox, Executable program) {
    return program.holdsLifeline()
        ? Optional.empty()
        : Optional.of(toolbox.resolve(Tool.SUPERVISE));
  }

  synchronized boolean isRunning(Component component) {
    ComponentProcess process = processes.get(component);
    return process != null && process.isAlive();
  }

  synchronized OptionalLong pid(Component component) {
    return isRunning(component)
        ? OptionalLong.of(processes.get(component).pid())
        : OptionalLong.empty();
  }

  synchronized void stop(Component component) {
    wanted.remove(component);
    if (isRunning(component)) {
      processes.get(component).terminate();
      processes.get(component).awaitEnd(GRACE);
    }
  }

  synchronized void kill(Component component) {
    wanted.remove(component);
    if (isRunning(component)) {
      processes.get(component).kill();
    }
  }

  /**
   * Waits for a condition that running processes bring about.
   *
   * @throws ControlPlaneException if it does not come in time, or one of the processes ends
   */
  void await(String what, Deadline deadline, Deadline.Condition condition) throws IOException {
    boolean held =
        deadline.await(
            () -> {
              if (condition.holds()) {
                return true;
              }
              requireRunning();
              return false;
            });
    if (!held) {
      throw new ControlPlaneException(
          "Not ready within " + deadline.duration() + ": " + what + describe());
    }
  }

  /**
   * Checks that no process has ended by itself.
   *
   * @throws ControlPlaneException about the first one that has, with the end of its log
   */
  private synchronized void requireRunning() {
    for (Component component : wanted) {
      if (!isRunning(component)) {
        throw new ControlPlaneException(
            component.program() + " " + processes.get(component).ending() + describe(component));
      }
    }
  }

  /** The ends of the logs of what was started, for messages about a whole that failed. */
  private synchronized String describe() {
    StringBuilder all = new StringBuilder();
    for (Component component : processes.keySet()) {
      all.append("\n").append(component.program()).append(" ");
      all.append(processes.get(component).ending()).append(describe(component));
    }
    return all.toString();
  }

  private String describe(Component component) {
    return "; its log ends with:\n" + LogTail.of(data.log(component));
  }

  /**
   * Ends all processes: the last started first, so that nobody misses what it needs; all at once if
   * what they have written is thrown away.
   */
  synchronized void stopAll(boolean contentIsKept) {
    List<Component> running = new ArrayList<>();
    for (Component component : Component.values()) {
      if (isRunning(component)) {
        running.add(component);
      }
    }
    Collections.reverse(running);
    wanted.clear();
    if (contentIsKept) {
      List<Component> clients = new ArrayList<>(running);
      clients.removeAll(List.of(Component.API_SERVER, Component.ETCD));
      stopTogether(clients);
      running.removeAll(clients);
      running.forEach(this::stop);
    } else {
      running.forEach(component -> processes.get(component).kill());
    }
  }

  private void stopTogether(List<Component> components) {
    components.forEach(component -> processes.get(component).terminate());
    components.forEach(component -> processes.get(component).awaitEnd(GRACE));
  }
}
