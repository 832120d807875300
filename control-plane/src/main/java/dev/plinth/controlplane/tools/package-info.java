/**
 * The programs that a control plane consists of: where they are found, and how they are built.
 *
 * <p>{@link dev.plinth.controlplane.tools.Toolbox} is the entry point.
 */
package dev.plinth.controlplane.tools;
