/** Manifests as text: templates, staging on disk, and parsing with exact positions. */
package dev.plinth.manifest;
