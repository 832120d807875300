package dev.plinth.overlay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.SourceLocation;

/** One document of an overlay. */
sealed interface OverlayPatch permits MergePatch, OperationsPatch {

  /** Which object it is for. */
  OverlayTarget target();

  /** Where it begins. */
  SourceLocation location();

  /**
   * The object with the patch applied; the given one stays as it is.
   *
   * @throws ManifestException if it cannot be applied to this object; nothing in the message is a
   *     value of the object
   */
  ObjectNode applyTo(ObjectNode object);
}
