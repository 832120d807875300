/**
 * Traefik as K3s packages it: a HelmChart with K3s's settings, written for the official chart, and
 * a guard for what is installed already.
 *
 * <h2>The settings</h2>
 *
 * K3s installs a chart of its own making, of which some values are named otherwise and which checks
 * none. Here the official chart is used, whose schema refuses what it does not know, except where
 * it is open: there a wrong name does nothing. So K3s's settings are translated:
 *
 * <ul>
 *   <li>{@code global.systemDefaultRegistry}, which the official chart ignores: {@code
 *       image.registry}.
 *   <li>{@code service.ipFamilyPolicy}, which it ignores too: {@code service.spec.ipFamilyPolicy}.
 *   <li>The annotations of pods for Prometheus are left to the chart, which sets them with the port
 *       that it opens; K3s's port 8082 is none.
 * </ul>
 *
 * They are in {@code settings.yaml}, the versions in {@code pinned.properties}. A test holds every
 * one of them against the official chart, if it is given that.
 *
 * <h2>The definitions</h2>
 *
 * The official chart brings Traefik's definitions in {@code crds/}; they are applied with it and
 * kept when it goes. A server that was K3s has them in a release {@code traefik-crd}: where its
 * archive is among the static charts, that release is kept up before Traefik's.
 *
 * <h2>The guard</h2>
 *
 * Traefik's major versions read different configuration. One that is installed is not replaced by
 * another one before the user allows it, and goes on running until then.
 */
package dev.plinth.addons.traefik;
