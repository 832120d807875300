/**
 * A real Kubernetes control plane as child processes of this JVM: etcd, kube-apiserver,
 * kube-controller-manager, kube-scheduler, and KWOK for simulated nodes.
 *
 * <p>{@link dev.plinth.controlplane.ControlPlane} is the entry point.
 */
package dev.plinth.controlplane;
