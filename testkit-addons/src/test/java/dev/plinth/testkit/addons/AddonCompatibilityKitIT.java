package dev.plinth.testkit.addons;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.addon.Addon;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** That the kit finds what is wrong. Add-ons that are right pass it in modules of their own. */
@Tag("exhaustive")
class AddonCompatibilityKitIT {

  @Test
  void each_fault_fails_the_test_that_is_for_it_and_is_named() {
    EngineExecutionResults results =
        EngineTestKit.engine("junit-jupiter")
            .selectors(DiscoverySelectors.selectClass(WrongAddonKit.class))
            .execute();

    Map<String, String> failures = new TreeMap<>();
    results.testEvents().failed().stream()
        .forEach(
            it ->
                failures.put(
                    it.getTestDescriptor().getDisplayName().replace("()", ""),
                    it.getPayload(TestExecutionResult.class)
                        .flatMap(TestExecutionResult::getThrowable)
                        .map(Throwable::toString)
                        .orElse("")));
    assertThat(results.testEvents().succeeded().stream())
        .extracting(it -> it.getTestDescriptor().getDisplayName())
        .containsExactly("is_staged_and_applied_and_becomes_ready()");
    assertThat(failures.get("describes_itself_and_has_what_it_requires"))
        .contains("description(): expected one line, found ' '");
    assertThat(failures.get("its_manifests_parse_and_come_out_the_same_each_time"))
        .contains("wrong.yaml:1");
    assertThat(failures.get("a_second_start_writes_nothing")).contains("configmaps", "wrong");
    assertThat(failures.get("disabled_it_leaves_protected_kinds_only_and_lists_them"))
        .contains("left when it is disabled", "ConfigMap kube-system/wrong-leftover");
    assertThat(failures.get("disabled_with_consent_it_leaves_nothing"))
        .contains("objects of others", "ConfigMap default/kit-user");
    assertThat(failures.get("upgraded_on_two_families_it_has_what_a_fresh_installation_has"))
        .contains("there is nothing to prune");
    assertThat(failures.get("it_takes_all_images_from_the_configured_registry"))
        .contains("docker.io/example/wrong:1", "--system-default-registry");
    assertThat(failures.get("on_ipv6_alone_it_becomes_ready"))
        .contains("not ready", "wrong FAILED", "wrong.yaml:1");
  }

  static class WrongAddonKit extends AddonCompatibilityKit {

    @Override
    protected Addon addon() {
      return new WrongAddon();
    }

    @Override
    protected Addon olderVersion() {
      return addon();
    }

    @Override
    protected Duration patience() {
      return Duration.ofSeconds(5);
    }
  }
}
