package dev.plinth.addons.servicelb;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.common.base.Splitter;
import dev.plinth.config.Cidr;
import io.fabric8.kubernetes.api.model.Service;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who may reach a Service: the text of {@code SRC_RANGES}.
 *
 * <p>K3s: the field, else the annotation, else everybody. The order is the Service's, so that one
 * Service always gives one text; K3s's is by chance, and each change of it would restart all pods.
 */
final class SourceRanges {

  /** Linux takes 128 KiB for one environment variable, with its name and the zero at its end. */
  private static final int LONGEST_TEXT = 128 * 1024 - "SRC_RANGES=".length() - 1;

  private static final String EVERYBODY_IPV4 = "0.0.0.0/0";
  private static final String EVERYBODY_IPV6 = "::/0";
  private static final int LONGEST_QUOTE = 60;
  private static final Splitter ITEMS = Splitter.on(',').trimResults();

  private SourceRanges() {}

  /**
   * The networks, joined by commas.
   *
   * @throws InvalidServiceException if one is no network, or they are too many for a container
   */
  static String of(Service service) throws InvalidServiceException {
    List<String> inField = service.getSpec().getLoadBalancerSourceRanges();
    if (inField != null && !inField.isEmpty()) {
      return text(networks("spec.loadBalancerSourceRanges", inField), service);
    }
    Map<String, String> annotations = service.getMetadata().getAnnotations();
    String annotation =
        annotations == null ? "" : annotations.getOrDefault(Names.SOURCE_RANGES, "").trim();
    return annotation.isEmpty()
        ? text(Set.of(EVERYBODY_IPV4), service)
        : text(
            networks("annotation " + Names.SOURCE_RANGES, ITEMS.splitToList(annotation)), service);
  }

  private static Set<String> networks(String field, List<String> texts)
      throws InvalidServiceException {
    Set<String> networks = new LinkedHashSet<>();
    for (int i = 0; i < texts.size(); i++) {
      try {
        networks.add(Cidr.parse(texts.get(i).trim()).toString());
      } catch (IllegalArgumentException e) {
        throw new InvalidServiceException(
            Problem.INVALID_SOURCE_RANGES,
            "%s[%d]: found '%s', expected %s"
                .formatted(field, i, quote(texts.get(i)), e.getMessage()));
      }
    }
    return networks;
  }

  private static String text(Set<String> networks, Service service) throws InvalidServiceException {
    String text = String.join(",", networks);
    if (text.equals(EVERYBODY_IPV4) && service.getSpec().getIpFamilies().contains("IPv6")) {
      return EVERYBODY_IPV4 + "," + EVERYBODY_IPV6;
    }
    int length = text.getBytes(US_ASCII).length;
    if (length > LONGEST_TEXT) {
      throw new InvalidServiceException(
          Problem.INVALID_SOURCE_RANGES,
          "%d source ranges are %d bytes, and Linux takes %d for one variable of a container: use fewer and larger networks"
              .formatted(networks.size(), length, LONGEST_TEXT));
    }
    return text;
  }

  private static String quote(String text) {
    return text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "..." : text;
  }
}
