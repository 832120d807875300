package dev.plinth.examples.addon;

import dev.plinth.addon.Addon;
import dev.plinth.testkit.addons.AddonCompatibilityKit;

class LocalStorageCompatibilityIT extends AddonCompatibilityKit {

  @Override
  protected Addon addon() {
    return new LocalStorageAddon();
  }
}
