package dev.plinth.addons.servicelb;

/** A Service asks for something that cannot be served, and will not be until it is changed. */
final class InvalidServiceException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  InvalidServiceException(String reason, String message) {
    super(message);
    this.problem = new Problem(reason, message);
  }

  Problem problem() {
    return problem;
  }
}
