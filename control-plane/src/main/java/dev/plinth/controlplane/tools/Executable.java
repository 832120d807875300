package dev.plinth.controlplane.tools;

import java.nio.file.Path;

/**
 * A program that was found.
 *
 * @param path absolute path of the file to execute
 * @param holdsLifeline whether the program ends by itself when its standard input does, provided
 *     that the environment variable {@link #LIFELINE_VARIABLE} is set; one that does not is run by
 *     {@link Tool#SUPERVISE}
 */
public record Executable(Path path, boolean holdsLifeline) {

  /** Set to any value, it asks a program to end when its standard input does. */
  public static final String LIFELINE_VARIABLE = "PLINTH_LIFELINE";
}
