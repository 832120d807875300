package dev.plinth.health;

import static dev.plinth.health.Health.current;

/**
 * An Ingress is served without an address too: many controllers publish none. So it holds nothing
 * back, and says whether it has one.
 */
final class IngressRule implements Rule {

  @Override
  public Health judge(LiveObject object) {
    return object.status().path("loadBalancer").path("ingress").isEmpty()
        ? current("NoAddress", "no ingress controller has published an address")
        : current("Published", "");
  }
}
