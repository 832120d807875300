/**
 * For tests with add-ons. Authors of add-ons extend {@link
 * dev.plinth.testkit.addons.AddonCompatibilityKit}; tests that need a cluster with some add-ons in
 * it are annotated with {@link dev.plinth.testkit.addons.WithPlinth}, or register a {@link
 * dev.plinth.testkit.addons.PlinthExtension}.
 */
package dev.plinth.testkit.addons;
