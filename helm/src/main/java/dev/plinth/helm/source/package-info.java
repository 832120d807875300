/**
 * Where charts come from: repositories, archives at URLs, OCI registries, a server's own static
 * charts, files. Each fetched archive is kept by its digest.
 */
package dev.plinth.helm.source;
