package dev.plinth.helm.model;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * A chart that shall be installed as the release of the object's name. Reads whatever K3s's
 * definition lets in: what cannot be understood is kept and is a problem only when it is used.
 */
@Group(HelmApi.GROUP)
@Version(HelmApi.VERSION)
@Kind("HelmChart")
@Plural("helmcharts")
@ShortNames("hc")
public class HelmChart extends CustomResource<HelmChartSpec, HelmChartStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1L;

  @Override
  protected HelmChartSpec initSpec() {
    return HelmChartSpec.EMPTY;
  }

  @Override
  protected HelmChartStatus initStatus() {
    return null;
  }

  /** {@code HelmChart namespace/name}, as messages call it. */
  public String reference() {
    return "HelmChart %s/%s".formatted(getMetadata().getNamespace(), getMetadata().getName());
  }

  /** Namespace of the release: the target, or the object's own as in K3s. */
  public String releaseNamespace() {
    String target = getSpec().targetNamespace();
    return target == null || target.isEmpty() ? getMetadata().getNamespace() : target;
  }
}
