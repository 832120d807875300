package dev.plinth.manifest;

/** What the limits leave to the rest of a manifest. */
final class NodeBudget {

  private final ManifestLimits limits;
  private long spent;

  NodeBudget(ManifestLimits limits) {
    this.limits = limits;
  }

  /**
   * @return whether this many more values are within the limits
   */
  boolean spend(long nodes) {
    spent += nodes;
    return spent <= limits.nodes();
  }

  /** Takes back what was spent on a value that is read anew in another way. */
  void refund(long nodes) {
    spent -= nodes;
  }

  long spent() {
    return spent;
  }

  int nodeLimit() {
    return limits.nodes();
  }

  int depthLimit() {
    return limits.depth();
  }
}
