package dev.plinth.addons.traefik;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells Traefik's major version from what names it. */
final class TraefikVersions {

  /** Of an image: a dot, or a v in front, tells a version from any other number. */
  private static final Pattern TAG =
      Pattern.compile("(?:latest-|experimental-)?(?:v(\\d{1,2})|(\\d{1,2})(?=\\.))(?:[.+-].*)?");

  private static final Pattern CHART_VERSION = Pattern.compile("v?(\\d{1,4})\\..*");
  private static final Pattern CHART_FILE =
      Pattern.compile("(?:.*/)?traefik-(\\d{1,4}\\..*)\\.tgz");

  /** The first chart of Traefik v2; what was called 1.x before is the chart of v1. */
  private static final int FIRST_CHART_OF_V2 = 2;

  private static final int FIRST_CHART_OF_V3 = 28;

  private TraefikVersions() {}

  /** By an image, such as {@code docker.io/library/traefik:v2.11.18}. */
  static OptionalInt ofImage(String image) {
    String name = image.replaceFirst("@.*", "");
    int colon = name.lastIndexOf(':');
    return colon <= name.lastIndexOf('/') ? OptionalInt.empty() : ofTag(name.substring(colon + 1));
  }

  /** By the tag of an image, or the {@code appVersion} of a chart. */
  static OptionalInt ofTag(String tag) {
    Matcher matcher = TAG.matcher(tag);
    if (!matcher.matches()) {
      return OptionalInt.empty();
    }
    String major = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    return OptionalInt.of(Integer.parseInt(major));
  }

  /** By the version of the chart, whether the official one, K3s's, or the one of v1. */
  static OptionalInt ofChart(String version) {
    Matcher matcher = CHART_VERSION.matcher(version);
    if (!matcher.matches()) {
      return OptionalInt.empty();
    }
    int chart = Integer.parseInt(matcher.group(1));
    return OptionalInt.of(chart < FIRST_CHART_OF_V2 ? 1 : chart < FIRST_CHART_OF_V3 ? 2 : 3);
  }

  /** By the address of a chart's archive, such as {@code .../traefik-27.0.2+up27.0.2.tgz}. */
  static OptionalInt ofChartFile(String address) {
    Matcher matcher = CHART_FILE.matcher(address);
    return matcher.matches() ? ofChart(matcher.group(1)) : OptionalInt.empty();
  }
}
