package dev.plinth.overlay;

import com.google.common.collect.ImmutableSortedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The overlays of an add-on as the cluster has them, content by base name of the file.
 *
 * @param newest what users want
 * @param inForce what worked last, of those that worked once
 */
public record OverlaySet(SortedMap<String, String> newest, SortedMap<String, String> inForce) {

  /** No overlays at all. */
  public static final OverlaySet NONE = new OverlaySet(new TreeMap<>(), new TreeMap<>());

  public OverlaySet {
    newest = ImmutableSortedMap.copyOf(newest);
    inForce = ImmutableSortedMap.copyOf(inForce);
  }
}
