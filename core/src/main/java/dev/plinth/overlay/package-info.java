/**
 * Overlays: patches that users lay over what add-ons declare. Read from the data directory, kept in
 * ConfigMaps, merged into the declared documents before anything is applied.
 */
package dev.plinth.overlay;
