package dev.plinth.addons.servicelb;

import com.fasterxml.jackson.core.type.TypeReference;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What taints the pods of a Service tolerate: K3s's two, and those of the Service's annotation. */
final class Tolerations {

  private static final int LONGEST_QUOTE = 60;
  private static final Set<String> EFFECTS =
      Set.of("", "NoSchedule", "PreferNoSchedule", "NoExecute");
  private static final TypeReference<List<Toleration>> LIST = new TypeReference<>() {};
  private static final KubernetesSerialization READER = new KubernetesSerialization();

  private static final List<Toleration> ALWAYS =
      List.of(
          new TolerationBuilder()
              .withKey("node-role.kubernetes.io/control-plane")
              .withOperator("Exists")
              .withEffect("NoSchedule")
              .build(),
          new TolerationBuilder().withKey("CriticalAddonsOnly").withOperator("Exists").build());

  private Tolerations() {}

  /**
   * The tolerations of a Service's pods.
   *
   * @throws InvalidServiceException if the annotation is no list of tolerations that are allowed
   */
  static List<Toleration> of(Service service) throws InvalidServiceException {
    Map<String, String> annotations = service.getMetadata().getAnnotations();
    String text = annotations == null ? null : annotations.get(Names.TOLERATIONS);
    if (text == null || text.isBlank()) {
      return ALWAYS;
    }
    List<Toleration> all = new ArrayList<>(ALWAYS);
    List<Toleration> added = read(text);
    for (int i = 0; i < added.size(); i++) {
      all.add(complete(i, added.get(i)));
    }
    return List.copyOf(all);
  }

  private static List<Toleration> read(String text) throws InvalidServiceException {
    try {
      return READER.unmarshal(text, LIST);
    } catch (RuntimeException e) {
      throw invalid(
          "found '%s', expected a list of tolerations as JSON or YAML".formatted(quote(text)));
    }
  }

  /** The rules are K3s's, which are the API server's. */
  private static Toleration complete(int index, Toleration toleration)
      throws InvalidServiceException {
    if (toleration == null) {
      throw invalid(index, "is empty, expected key, operator, value and effect");
    }
    if (!toleration.getAdditionalProperties().isEmpty()) {
      throw invalid(
          index,
          "has '%s', expected key, operator, value, effect and tolerationSeconds"
              .formatted(quote(toleration.getAdditionalProperties().keySet().iterator().next())));
    }
    String key = Objects.toString(toleration.getKey(), "");
    String given = Objects.toString(toleration.getOperator(), "");
    String operator = given.isEmpty() ? "Equal" : given;
    String value = Objects.toString(toleration.getValue(), "");
    String effect = Objects.toString(toleration.getEffect(), "");
    if (!operator.equals("Exists") && !operator.equals("Equal")) {
      throw invalid(
          index, "operator: found '%s', expected Exists or Equal".formatted(quote(operator)));
    }
    if (key.isEmpty() && !operator.equals("Exists")) {
      throw invalid(index, "without a key needs operator Exists");
    }
    if (operator.equals("Exists") && !value.isEmpty()) {
      throw invalid(
          index, "with operator Exists must have no value, found '%s'".formatted(quote(value)));
    }
    if (!EFFECTS.contains(effect)) {
      throw invalid(
          index,
          "effect: found '%s', expected NoSchedule, PreferNoSchedule, NoExecute or none"
              .formatted(quote(effect)));
    }
    return new TolerationBuilder()
        .withKey(emptyToNull(key))
        .withOperator(operator)
        .withValue(emptyToNull(value))
        .withEffect(emptyToNull(effect))
        .withTolerationSeconds(toleration.getTolerationSeconds())
        .build();
  }

  private static InvalidServiceException invalid(int index, String what) {
    return new InvalidServiceException(
        Problem.INVALID_TOLERATIONS,
        "annotation %s: toleration %d %s".formatted(Names.TOLERATIONS, index, what));
  }

  private static InvalidServiceException invalid(String what) {
    return new InvalidServiceException(
        Problem.INVALID_TOLERATIONS, "annotation %s: %s".formatted(Names.TOLERATIONS, what));
  }

  private static String quote(String text) {
    return text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "..." : text;
  }

  private static String emptyToNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
