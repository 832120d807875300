package dev.plinth.helm.engine;

/** What one engine can do and another can not. */
public enum EngineFeature {
  /** Objects are written by server-side apply, if the request asks for it or leaves it open. */
  SERVER_SIDE_APPLY("server-side apply"),
  /** Releases may be stored in ConfigMaps. */
  CONFIGMAP_STORAGE("storage in ConfigMaps"),
  /** It can be waited for a release's Jobs. */
  WAIT_FOR_JOBS("waiting for Jobs"),
  /** A running operation can be ended. */
  CANCELLATION("ending a running operation"),
  /** Hooks of an uninstallation have a time limit. */
  UNINSTALL_TIMEOUT("a time limit for the hooks of an uninstallation"),
  /** Integers of a million and more in {@code set} reach templates as such. */
  LARGE_INTEGERS("integers of a million and more in set"),
  /** Templates see which APIs the cluster has. */
  API_VERSIONS("rendering with the cluster's APIs");

  private final String text;

  EngineFeature(String text) {
    this.text = text;
  }

  /** In words, to stand in a sentence. */
  public String text() {
    return text;
  }
}
