/**
 * Releases as Helm stores them: Secrets or ConfigMaps {@code sh.helm.release.v1.NAME.vREVISION}.
 * Reading them takes no engine; what is written keeps them readable for the {@code helm} command.
 */
package dev.plinth.helm.release;
