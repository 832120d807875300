package dev.plinth.helm.controller;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Collection;
import java.util.Map;

/** Looks at what a chart refers to. */
interface ReferenceLookup {

  /**
   * Says what a chart refers to from now on, instead of what it referred to before, and what there
   * is of that.
   *
   * @return an entry for each object
   */
  Map<ReferencedObject, ReferencedContent> read(ResourceID chart, Collection<Reference> references);
}
