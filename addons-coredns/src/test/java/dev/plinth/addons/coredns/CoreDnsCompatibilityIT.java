package dev.plinth.addons.coredns;

import dev.plinth.addon.Addon;
import dev.plinth.testkit.addons.AddonCompatibilityKit;

class CoreDnsCompatibilityIT extends AddonCompatibilityKit {

  @Override
  protected Addon addon() {
    return new CoreDnsAddon();
  }
}
