/**
 * For tests that need a real Kubernetes API server: annotate a JUnit 5 class with {@link
 * dev.plinth.testkit.WithControlPlane}, or register a {@link
 * dev.plinth.testkit.ControlPlaneExtension}.
 */
package dev.plinth.testkit;
