package dev.plinth.helm.model;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * Keys of a Secret, each of which holds values as YAML.
 *
 * @param name the Secret, in the namespace of the object
 * @param keys the keys, the last one strongest; none means that the Secret is not used, as in K3s
 * @param ignoreUpdates whether the Secret and its keys may be missing, and a change of it alone
 *     makes no new revision
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ValuesSecret(String name, List<String> keys, boolean ignoreUpdates) {

  public ValuesSecret {
    name = name == null ? "" : name;
    keys = keys == null ? List.of() : List.copyOf(keys);
  }
}
