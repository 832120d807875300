package dev.plinth.helm.model;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Customises the HelmChart of the same namespace and name. */
@Group(HelmApi.GROUP)
@Version(HelmApi.VERSION)
@Kind("HelmChartConfig")
@Plural("helmchartconfigs")
@ShortNames("hcc")
public class HelmChartConfig extends CustomResource<HelmChartConfigSpec, HelmChartConfigStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;

  @Override
  protected HelmChartConfigSpec initSpec() {
    return HelmChartConfigSpec.EMPTY;
  }

  @Override
  protected HelmChartConfigStatus initStatus() {
    return null;
  }

  /** {@code HelmChartConfig namespace/name}, as messages call it. */
  public String reference() {
    return "HelmChartConfig %s/%s".formatted(getMetadata().getNamespace(), getMetadata().getName());
  }
}
