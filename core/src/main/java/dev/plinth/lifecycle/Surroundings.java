package dev.plinth.lifecycle;

import dev.plinth.cluster.OwnedObjects;
import dev.plinth.deploy.AddonEvents;
import dev.plinth.deploy.AddonResources;
import dev.plinth.deploy.CustomResourceDefinitions;
import dev.plinth.deploy.ManifestReconciler;
import dev.plinth.diagnosis.Diagnosis;
import java.time.InstantSource;

/**
 * What the loops of one server share.
 *
 * @param owned the objects that belong to Addons
 * @param addons the Addons
 * @param definitions the custom resource definitions
 * @param manifests the reconciler of manifests
 * @param diagnosis why objects are not healthy
 * @param events for telling about Addons
 * @param board where they tell how things stand
 * @param clock the time
 * @param nodeName the name under which this server writes statuses
 */
record Surroundings(
    OwnedObjects owned,
    AddonResources addons,
    CustomResourceDefinitions definitions,
    ManifestReconciler manifests,
    Diagnosis diagnosis,
    AddonEvents events,
    StatusBoard board,
    InstantSource clock,
    String nodeName) {}
