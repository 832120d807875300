/**
 * CoreDNS as K3s packages it, and the file NodeHosts through which it knows the nodes.
 *
 * <h2>The manifest</h2>
 *
 * Objects, names, plugin order, image and all fields of the pod are K3s's, so that a cluster is
 * taken over without a new pod, and {@code coredns-custom}, dashboards and policies go on working.
 * That includes two things one might do differently: replicas are spread over hosts strictly
 * (whoever scales CoreDNS to two counts on two hosts), and the pod's volume names the key NodeHosts
 * as required, which costs nothing since the key is there before the pod is.
 *
 * <h2>NodeHosts</h2>
 *
 * A key of the ConfigMap {@code kube-system/coredns} that the manifest does not declare. It is
 * written before the first apply of the manifest and kept by a reconciler afterwards, always as
 * this one key, by server-side apply with a field manager of its own and the resourceVersion that
 * was read. It differs from K3s's in this:
 *
 * <ul>
 *   <li>The nodes' lines stand between two comment lines. What is outside stays to the letter,
 *       comments included, and lines of nodes that were deleted while nobody watched go. K3s drops
 *       comments and keeps such lines for ever; those that it left before Plinth took over cannot
 *       be told from a user's and stay too.
 *   <li>However many nodes change, one reconciliation is due: a single change is written at once, a
 *       burst when it has been quiet for a second, or after five seconds while it lasts.
 *   <li>No finalizer is put on nodes: their deletion waits for nobody. A node that is being deleted
 *       has no lines any more.
 *   <li>Nodes that report one address at the same time all keep their lines; K3s keeps the one that
 *       was written last. When the address has moved on, the old line is gone.
 *   <li>A name that a user's line maps to the same address is not repeated; other names for a
 *       node's address may stand beside.
 *   <li>The names of localhost, and loopback addresses, are never mapped, even if a node has them.
 *   <li>A ConfigMap that is not this add-on's, as kubeadm's or kind's of the same name, is left
 *       alone; one that was deleted is filled again as soon as it is back.
 * </ul>
 *
 * A ConfigMap holds 1 MiB, enough for twenty thousand nodes. Beyond, the API server refuses the
 * write with that reason; CoreDNS goes on with the last lines written, and the write is tried again
 * with growing pauses.
 *
 * <h2>The probe</h2>
 *
 * When all objects are healthy, CoreDNS is asked once for {@code kubernetes.default}: a pod that is
 * ready may still answer wrongly, for a user's own configuration takes part in it. Only an answer
 * counts, since Plinth may run where nothing leads to the cluster's networks.
 */
package dev.plinth.addons.coredns;
