package dev.plinth.lifecycle;

import dev.plinth.cluster.ClusterApi;
import dev.plinth.deploy.AddonDrift;
import dev.plinth.deploy.AddonEvents;
import dev.plinth.deploy.AddonOverlays;
import dev.plinth.deploy.AddonResources;
import dev.plinth.deploy.CustomResourceDefinitions;
import dev.plinth.deploy.ManifestReconciler;

/**
 * What writes to the cluster, all of it by one client: whoever may write for as long as a fence is
 * open has one of these, with a client that asks that fence.
 *
 * @param api the requests
 * @param addons the Addons, as the whole server sees them
 * @param events what is told of Addons
 * @param drift what others do to objects
 * @param overlays what became of overlays
 * @param definitions the definitions of custom resources
 * @param manifests the reconciler of manifests
 */
record Deployer(
    ClusterApi api,
    AddonResources addons,
    AddonEvents events,
    AddonDrift drift,
    AddonOverlays overlays,
    CustomResourceDefinitions definitions,
    ManifestReconciler manifests) {}
