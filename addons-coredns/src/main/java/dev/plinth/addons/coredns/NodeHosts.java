package dev.plinth.addons.coredns;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;

import com.google.common.collect.HashMultimap;
import com.google.common.collect.SetMultimap;
import com.google.common.hash.Hashing;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The text of the key NodeHosts: a hosts file that Plinth shares with users and with tools such as
 * k3d.
 *
 * <p>The nodes' lines stand between two marks, so that those of nodes deleted while nobody watched
 * are known as such without any memory. Everything outside the marks is somebody else's and stays
 * to the letter. Two cases remain in which a line does not show whose it is:
 *
 * <ul>
 *   <li>a text without marks, as K3s writes it or a tool that drops comments;
 *   <li>a block that somebody edited, told by the checksum in its first mark.
 * </ul>
 *
 * There a line is a node's if it looks exactly as K3s writes them and begins with the name of a
 * node that exists, whatever its address; any other stays.
 */
final class NodeHosts {

  // Tools pass this text through shells and JSON templates: no quotes, backslashes, percent signs.
  private static final String BEGIN = "# plinth: nodes, kept up to date; own lines go outside; ";
  private static final String END = "# plinth: end of nodes";

  private static final Pattern K3S_LINE = Pattern.compile("([^\\s#]+) ([^\\s#]+)(?: [^\\s#]+)?");

  private final List<Line> above;
  private final List<Line> below;

  private NodeHosts(List<Line> above, List<Line> below) {
    this.above = above;
    this.below = below;
  }

  /**
   * The text with exactly the lines of these nodes, wherever their names and addresses were before.
   *
   * <p>A name that somebody else's line maps to the same address is not repeated. Nodes that report
   * one address at the same time all keep their lines: each name resolves as its node says, and the
   * reverse record has all names.
   *
   * @param text the text as it is; empty if there is none
   * @param nodes all nodes of the cluster
   */
  static String merge(String text, Collection<NodeAddresses> nodes) {
    return parse(text).with(nodes);
  }

  /** Whether the text has been merged before: it has the lines of nodes of some time. */
  static boolean isMerged(String text) {
    return text.lines().anyMatch(it -> it.startsWith(BEGIN));
  }

  private static NodeHosts parse(String text) {
    List<Line> above = new ArrayList<>();
    List<Line> below = new ArrayList<>();
    List<Line> outside = above;
    Block block = null;
    for (String line : text.split("\n", -1)) {
      if (line.startsWith(BEGIN)) {
        outside.addAll(block == null ? List.of() : block.doubtfulLines());
        block = new Block(line.substring(BEGIN.length()).strip(), new ArrayList<>());
      } else if (line.stripTrailing().equals(END)) {
        if (block != null) {
          outside = below;
          outside.addAll(block.isIntact() ? List.of() : block.doubtfulLines());
          block = null;
        }
      } else if (block != null) {
        block.lines.add(line);
      } else {
        outside.add(new Line(line, false));
      }
    }
    outside.addAll(block == null ? List.of() : block.doubtfulLines());
    return outside == above ? withoutBlock(above) : new NodeHosts(above, below);
  }

  private static NodeHosts withoutBlock(List<Line> lines) {
    List<Line> doubtful = lines.stream().map(it -> new Line(it.text, true)).toList();
    int last = doubtful.size() - 1;
    // The empty string behind the last newline is no line; nodes go before it.
    int end = doubtful.get(last).text.isEmpty() ? last : doubtful.size();
    return new NodeHosts(doubtful.subList(0, end), doubtful.subList(end, doubtful.size()));
  }

  private String with(Collection<NodeAddresses> nodes) {
    Set<String> nodeNames = nodes.stream().map(NodeAddresses::node).collect(toSet());
    Predicate<Line> stays = it -> !it.isLineOf(nodeNames);
    List<String> text = new ArrayList<>(above.stream().filter(stays).map(Line::text).toList());
    List<String> rest = below.stream().filter(stays).map(Line::text).toList();

    // Nodes without a line have their marks too: they say that the other lines are not doubtful.
    if (!nodes.isEmpty()) {
      List<String> nodeLines =
          nodeLines(nodes, mappings(Stream.concat(text.stream(), rest.stream())));
      text.add(BEGIN + checksum(nodeLines));
      text.addAll(nodeLines);
      text.add(END);
      rest = rest.isEmpty() ? List.of("") : rest;
    }
    text.addAll(rest);
    return String.join("\n", text);
  }

  private static List<String> nodeLines(
      Collection<NodeAddresses> nodes, SetMultimap<InetAddress, String> mapped) {
    List<HostLine> lines = new ArrayList<>();
    for (NodeAddresses node : nodes) {
      for (InetAddress address : node.addresses()) {
        List<String> names =
            node.names().stream()
                .filter(it -> !mapped.containsEntry(address, it.toLowerCase(Locale.ROOT)))
                .toList();
        if (!names.isEmpty()) {
          lines.add(new HostLine(address, names));
        }
      }
    }
    return lines.stream().sorted().map(HostLine::toString).toList();
  }

  private static SetMultimap<InetAddress, String> mappings(Stream<String> lines) {
    SetMultimap<InetAddress, String> mapped = HashMultimap.create();
    lines
        .flatMap(line -> HostLine.parse(line).stream())
        .forEach(
            line ->
                line.names()
                    .forEach(name -> mapped.put(line.address(), name.toLowerCase(Locale.ROOT))));
    return mapped;
  }

  private static String checksum(List<String> lines) {
    return Hashing.crc32c().hashString(String.join("\n", lines), UTF_8).toString();
  }

  /** A line that is not surely the nodes'; doubtful if it may be. */
  private record Line(String text, boolean doubtful) {

    boolean isLineOf(Set<String> nodes) {
      Matcher matcher = K3S_LINE.matcher(text.stripTrailing());
      return doubtful
          && matcher.matches()
          && HostLine.address(matcher.group(1)).isPresent()
          && nodes.contains(matcher.group(2));
    }
  }

  /** The lines behind a first mark, and the checksum that it has. */
  private record Block(String checksum, List<String> lines) {

    boolean isIntact() {
      return checksum.equals(
          NodeHosts.checksum(lines.stream().map(String::stripTrailing).toList()));
    }

    List<Line> doubtfulLines() {
      return lines.stream().map(it -> new Line(it, true)).toList();
    }
  }
}
