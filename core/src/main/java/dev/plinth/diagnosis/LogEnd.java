package dev.plinth.diagnosis;

import static java.util.stream.Collectors.joining;

import com.google.common.base.CharMatcher;
import io.fabric8.kubernetes.api.model.Pod;

/**
 * The end of a container's log, made fit for a message of one line: whoever wrote it may have put
 * anything into it.
 */
final class LogEnd {

  private static final int LINES = 3;

  /** A line can be of any length. */
  private static final int BYTES = 4096;

  private static final CharMatcher UNPRINTABLE =
      CharMatcher.javaIsoControl().or(CharMatcher.whitespace());
  private static final int LONGEST = 300;
  private static final String CUT = "…";

  private LogEnd() {}

  /**
   * Where the log of a container's last run is to be had. The client's own way to it waits for the
   * pod to be ready, which is what does not happen here.
   */
  static String path(Pod pod, String container) {
    return "/api/v1/namespaces/%s/pods/%s/log?container=%s&previous=true&tailLines=%d&limitBytes=%d"
        .formatted(
            pod.getMetadata().getNamespace(), pod.getMetadata().getName(), container, LINES, BYTES);
  }

  /** The lines beside each other, the last ones if there is too much; empty if there are none. */
  static String inOneLine(String log) {
    String line =
        log.lines()
            .map(it -> UNPRINTABLE.trimAndCollapseFrom(it, ' '))
            .filter(it -> !it.isEmpty())
            .collect(joining(" | "));
    return line.length() <= LONGEST ? line : CUT + line.substring(line.length() - LONGEST);
  }
}
