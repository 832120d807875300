package dev.plinth.report;

/** What to wait for, or to judge by. */
public enum Scope {
  /** The add-ons. */
  ADDONS,
  /** The add-ons, and the users' files in the manifests directory. */
  ADDONS_AND_FILES
}
