package dev.plinth.apply;

import dev.plinth.FakeClock;
import dev.plinth.Json;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.config.DriftPolicy;
import dev.plinth.drift.DriftMemory;
import dev.plinth.drift.DriftPolicies;
import dev.plinth.drift.DriftRules;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.SourceLocation;
import java.util.Optional;

/** Declarations, and what they are declared for, as tests of this package need them. */
final class Declared {

  static final Membership USER_FILE = new Membership("kube-system", "foo", Optional.empty());
  static final Membership WEB = new Membership("kube-system", "web", Optional.of("web"));

  static final ResourceKind CONFIG_MAP =
      new ResourceKind("", "v1", "ConfigMap", "configmaps", true);
  static final ResourceKind SECRET = new ResourceKind("", "v1", "Secret", "secrets", true);
  static final ResourceKind NAMESPACE =
      new ResourceKind("", "v1", "Namespace", "namespaces", false);
  static final ResourceKind DEPLOYMENT =
      new ResourceKind("apps", "v1", "Deployment", "deployments", true);
  static final ResourceKind JOB = new ResourceKind("batch", "v1", "Job", "jobs", true);

  /** Of a manifest of which nothing has been applied so far. */
  static final DriftRules DRIFT =
      new DriftRules(
          new DriftPolicies(DriftPolicy.REPAIR, Optional.empty()),
          new DriftMemory(new FakeClock()),
          false);

  private Declared() {}

  static ManifestDocument document(String json) {
    return new ManifestDocument(Json.object(json), new SourceLocation("foo.yaml", 3, 1));
  }

  static DesiredObject object(ResourceKind kind, String json) {
    return DesiredObject.of(document(json), kind, WEB);
  }

  static DesiredObject named(ResourceKind kind, String name) {
    return object(
        kind,
        """
        {"apiVersion":"%s","kind":"%s","metadata":{"name":"%s","namespace":"a"}}
        """
            .formatted(kind.apiVersion(), kind.kind(), name));
  }
}
