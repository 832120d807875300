package dev.plinth.lifecycle;

import dev.plinth.cluster.OwnedObjects;
import dev.plinth.deploy.AddonDrift;
import dev.plinth.deploy.AddonEvents;
import dev.plinth.deploy.AddonResources;
import dev.plinth.deploy.CustomResourceDefinitions;
import dev.plinth.deploy.ManifestReconciler;
import dev.plinth.diagnosis.Diagnosis;
import java.time.InstantSource;

/**
 * What the loops of one server share.
 *
 * @param engine what works on the cluster
 * @param diagnosis why objects are not healthy
 * @param board where the loops tell how things stand
 * @param clock the time
 * @param nodeName the name under which this server writes statuses
 */
record Surroundings(
    Engine engine, Diagnosis diagnosis, StatusBoard board, InstantSource clock, String nodeName) {

  OwnedObjects owned() {
    return engine.owned();
  }

  AddonResources addons() {
    return engine.addons();
  }

  AddonEvents events() {
    return engine.events();
  }

  AddonDrift drift() {
    return engine.drift();
  }

  CustomResourceDefinitions definitions() {
    return engine.definitions();
  }

  ManifestReconciler manifests() {
    return engine.manifests();
  }
}
