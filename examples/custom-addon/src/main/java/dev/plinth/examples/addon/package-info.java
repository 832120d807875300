/**
 * Add-ons as somebody writes them who distributes a server: one that is YAML and nothing else, and
 * one with a reconciler.
 */
package dev.plinth.examples.addon;
