/** What a K3s leaves in a cluster, made without a K3s: for tests of taking it over. */
package dev.plinth.testkit.k3s;
