package dev.plinth.addons.servicelb;

import dev.plinth.addon.EventRecorder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Events that are kept until it is their Service's turn again, which comes behind all Services that
 * wait now: for an address and for a DaemonSet somebody waits, for an event nobody does.
 *
 * <p>What is kept at the end of the program is lost, as an event that cannot be written is.
 */
final class LaterEvents {

  private final EventRecorder events;
  private final Map<String, List<Event>> kept = new ConcurrentHashMap<>();

  LaterEvents(EventRecorder events) {
    this.events = events;
  }

  void normal(Service service, String reason, String message) {
    keep(service, EventRecorder.NORMAL, reason, message);
  }

  void warning(Service service, String reason, String message) {
    keep(service, EventRecorder.WARNING, reason, message);
  }

  /** Whether a Service has to have another turn for its events. */
  boolean areKept(Service service) {
    return kept.containsKey(service.getMetadata().getUid());
  }

  /** Does what a Service's turn is for, and then writes the events that were kept before it. */
  void afterwards(Service service, Runnable turn) {
    List<Event> due = kept.remove(service.getMetadata().getUid());
    try {
      turn.run();
    } finally {
      if (due != null) {
        due.forEach(events::write);
      }
    }
  }

  private void keep(Service service, String type, String reason, String message) {
    kept.computeIfAbsent(service.getMetadata().getUid(), it -> new ArrayList<>())
        .add(events.event(service, type, reason, message));
  }
}
