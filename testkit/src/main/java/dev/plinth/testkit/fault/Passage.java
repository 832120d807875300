package dev.plinth.testkit.fault;

/** What gets through a network, and who waits until something does. */
final class Passage {

  private boolean requests = true;
  private boolean answers = true;

  /** Which way bytes go. */
  enum Direction {
    REQUESTS,
    ANSWERS
  }

  synchronized void set(boolean requestsPass, boolean answersPass) {
    requests = requestsPass;
    answers = answersPass;
    notifyAll();
  }

  /** Waits until bytes that go this way get through. */
  synchronized void await(Direction direction) throws InterruptedException {
    while (!(direction == Direction.REQUESTS ? requests : answers)) {
      wait();
    }
  }
}
