package dev.plinth.lifecycle;

import dev.plinth.cluster.OwnedObjects;
import dev.plinth.deploy.AddonDrift;
import dev.plinth.deploy.AddonEvents;
import dev.plinth.deploy.AddonOverlays;
import dev.plinth.deploy.AddonResources;
import dev.plinth.deploy.CustomResourceDefinitions;
import dev.plinth.deploy.ManifestReconciler;
import dev.plinth.diagnosis.Diagnosis;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;

/**
 * What the loops of one server share that write by one leave.
 *
 * @param engine what sees the cluster
 * @param deployer what writes to it
 * @param diagnosis why objects are not healthy
 * @param board where the loops tell how things stand
 * @param differences what the servers do not agree on
 * @param clock the time
 * @param nodeName the name under which this server writes statuses
 * @param servers which other servers live
 */
record Surroundings(
    Engine engine,
    Deployer deployer,
    Diagnosis diagnosis,
    StatusBoard board,
    Differences differences,
    InstantSource clock,
    String nodeName,
    LiveServers servers) {

  /** With the engine's own deployer. */
  Surroundings(
      Engine engine,
      Diagnosis diagnosis,
      StatusBoard board,
      InstantSource clock,
      String nodeName,
      LiveServers servers) {
    this(engine, engine.deployer(), diagnosis, board, new Differences(), clock, nodeName, servers);
  }

  /** With the engine's own deployer, for a server that is alone. */
  Surroundings(
      Engine engine, Diagnosis diagnosis, StatusBoard board, InstantSource clock, String nodeName) {
    this(engine, diagnosis, board, clock, nodeName, LiveServers.NO_OTHERS);
  }

  /** The same for those who write by another client. */
  Surroundings writingBy(KubernetesClient client) {
    return new Surroundings(
        engine, engine.deployer(client), diagnosis, board, differences, clock, nodeName, servers);
  }

  OwnedObjects owned() {
    return engine.owned();
  }

  AddonResources addons() {
    return deployer.addons();
  }

  AddonEvents events() {
    return deployer.events();
  }

  AddonDrift drift() {
    return deployer.drift();
  }

  AddonOverlays overlays() {
    return deployer.overlays();
  }

  CustomResourceDefinitions definitions() {
    return deployer.definitions();
  }

  ManifestReconciler manifests() {
    return deployer.manifests();
  }
}
