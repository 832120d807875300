package dev.plinth.helm.engine;

import java.time.Instant;
import java.util.Optional;

/**
 * Tells a process from another one that has got the same number later.
 *
 * @param started milliseconds since 1970; 0 where the system does not tell
 */
record ProcessMark(long pid, long started) {

  static ProcessMark of(ProcessHandle process) {
    return new ProcessMark(
        process.pid(), process.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
  }

  static Optional<ProcessMark> parse(String text) {
    String[] parts = text.strip().split(" ");
    try {
      return parts.length == 2
          ? Optional.of(new ProcessMark(Long.parseLong(parts[0]), Long.parseLong(parts[1])))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty(); // cut short by the death of its writer
    }
  }

  String text() {
    return pid + " " + started;
  }

  /** The process, if it is alive and the same one. */
  Optional<ProcessHandle> alive() {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(now -> of(now).equals(this));
  }
}
