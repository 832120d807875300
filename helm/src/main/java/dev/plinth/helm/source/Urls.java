package dev.plinth.helm.source;

import java.net.URI;

/** Addresses as they may be shown. */
final class Urls {

  private Urls() {}

  /** Without user, query and fragment: all three may be credentials. */
  static String plain(URI url) {
    return plain(url.toString());
  }

  static String plain(String url) {
    return url.replaceFirst("^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@", "$1")
        .replaceFirst("[?#].*$", "");
  }

  static boolean isSameServer(URI one, URI other) {
    return one.getScheme().equalsIgnoreCase(other.getScheme())
        && one.getHost().equalsIgnoreCase(other.getHost())
        && port(one) == port(other);
  }

  private static int port(URI url) {
    return url.getPort() >= 0 ? url.getPort() : url.getScheme().equalsIgnoreCase("http") ? 80 : 443;
  }
}
