package dev.plinth.helm.source;

/**
 * An archive as a source has given it.
 *
 * @param origin where it is from, without credentials
 */
record RemoteArchive(byte[] content, String origin) {
  @Override
  public String toString() {
    return origin + ", " + content.length + " bytes";
  }
}
