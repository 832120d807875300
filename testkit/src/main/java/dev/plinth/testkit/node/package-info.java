/**
 * A real node beside a control plane: {@link dev.plinth.testkit.node.RealNode} runs a kubelet,
 * kube-proxy and containerd, so that pods are processes and Services are reached. It needs Linux,
 * root, and packages of the distribution; {@link dev.plinth.testkit.node.RealNode#obstacle()} says
 * what is missing.
 */
package dev.plinth.testkit.node;
