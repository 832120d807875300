/**
 * ServiceLB: Services of type LoadBalancer without a cloud, as K3s's users know it.
 *
 * <p>For each Service there is a DaemonSet, whose pods take the Service's ports of their nodes; the
 * addresses of the nodes with a ready pod are the Service's. What shall be is computed by pure
 * functions ({@code DesiredDaemonSet}, {@code Addresses}, {@code Diagnosis}, {@code
 * DesiredStatus}); {@code ServiceReconciler} makes it so, and {@code Withdrawal} takes it back.
 *
 * <h2>Finding back</h2>
 *
 * A Service has its finalizer before its DaemonSet, and loses it after, so one leads to the other
 * whenever a run ends in between: a Service of type LoadBalancer is always looked at; a DaemonSet
 * whose Service has changed its type or is gone is found by {@code LeftoverReconciler}; and a
 * Service of another type that still has the finalizer while its DaemonSet is gone is looked for at
 * start.
 */
package dev.plinth.addons.servicelb;
