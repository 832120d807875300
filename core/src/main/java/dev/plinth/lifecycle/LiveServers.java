package dev.plinth.lifecycle;

/** Which servers of the cluster live. */
@FunctionalInterface
interface LiveServers {

  /** A server that is alone. */
  LiveServers NO_OTHERS = nodeName -> false;

  /** Whether the server on that node lives; not asked about this one. */
  boolean isLive(String nodeName);
}
