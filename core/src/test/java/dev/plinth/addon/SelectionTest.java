package dev.plinth.addon;

import static dev.plinth.addon.FakeAddon.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plinth.addon.Selection.Decision;
import dev.plinth.config.ServerConfig;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SelectionTest {

  private static final FakeAddon CHARTS = named("charts").providing("charts.example/v1");
  private static final FakeAddon PROXY = named("proxy").requiring("charts.example/v1");
  private static final FakeAddon SITE = named("site").requiring("proxy");

  @Nested
  class Decisions {

    @Test
    void everythingIsEnabledWithoutFlags() {
      Selection selection = select(disabling(), CHARTS, PROXY, SITE);

      assertThat(selection.enabled()).containsExactly(CHARTS, PROXY, SITE);
      assertThat(selection.warnings()).isEmpty();
    }

    @Test
    void disableSwitchesOffByName() {
      Selection selection = select(disabling("site"), CHARTS, PROXY, SITE);

      assertThat(selection.enabled()).containsExactly(CHARTS, PROXY);
      assertThat(decision(selection, "site")).isEqualTo(new Decision.Disabled("--disable site"));
    }

    @Test
    void anAddonsOwnFlagSwitchesItOff() {
      Selection selection = select(disabling(), CHARTS.disabledByFlag("--disable-all-charts"));

      assertThat(decision(selection, "charts"))
          .isEqualTo(new Decision.Disabled("--disable-all-charts"));
    }

    @Test
    void disableIsNamedBeforeTheAddonsOwnFlag() {
      Selection selection = select(disabling("charts"), CHARTS.disabledByFlag("--no-charts"));

      assertThat(decision(selection, "charts"))
          .isEqualTo(new Decision.Disabled("--disable charts"));
    }

    @Test
    void withoutItsProviderAnAddonIsBlockedAndSoIsWhoNeedsIt() {
      Selection selection = select(disabling("charts"), CHARTS, PROXY, SITE);

      assertThat(selection.enabled()).isEmpty();
      assertThat(decision(selection, "proxy"))
          .isEqualTo(
              new Decision.Blocked(
                  "charts.example/v1",
                  "needs charts.example/v1, which 'charts' provides, disabled by --disable"
                      + " charts"));
      assertThat(decision(selection, "site"))
          .isEqualTo(
              new Decision.Blocked(
                  "proxy",
                  "needs proxy, blocked: needs charts.example/v1, which 'charts' provides,"
                      + " disabled by --disable charts"));
    }

    @Test
    void whatIsDisabledItselfIsNotCalledBlocked() {
      Selection selection = select(disabling("charts", "proxy"), CHARTS, PROXY);

      assertThat(decision(selection, "proxy")).isEqualTo(new Decision.Disabled("--disable proxy"));
    }

    @Test
    void oneOfSeveralProvidersIsEnough() {
      FakeAddon other = named("other").providing("charts.example/v1");

      assertThat(select(disabling("charts"), CHARTS, other, PROXY).enabled())
          .containsExactly(other, PROXY);
      assertThat(decision(select(disabling("charts", "other"), CHARTS, other, PROXY), "proxy"))
          .isEqualTo(
              new Decision.Blocked(
                  "charts.example/v1",
                  "needs charts.example/v1, which 'charts' provides, disabled by --disable charts"
                      + " and which 'other' provides, disabled by --disable other"));
    }

    @Test
    void oneMetRequirementDoesNotOutweighOneThatIsNot() {
      FakeAddon addon = named("a").requiring("charts", "other");

      assertThat(decision(select(disabling("other"), CHARTS, named("other"), addon), "a"))
          .isEqualTo(new Decision.Blocked("other", "needs other, disabled by --disable other"));
    }
  }

  @Nested
  class Order {

    @Test
    void providersComeBeforeThoseWhoNeedThem() {
      Selection selection =
          select(
              disabling(),
              named("a").requiring("z.example/v1"),
              named("b"),
              named("z").providing("z.example/v1").requiring("m"),
              named("m"));

      assertThat(selection.enabled()).extracting(Addon::name).containsExactly("m", "z", "a", "b");
    }

    @Test
    void everyAddonOfTheCatalogueIsListedOnce() {
      Selection selection = select(disabling("charts"), SITE, PROXY, CHARTS, named("alone"));

      assertThat(selection.addons())
          .extracting(it -> it.addon().name())
          .containsExactly("alone", "charts", "proxy", "site");
    }
  }

  @Nested
  class Contradictions {

    @Test
    void aRequirementThatNobodyOffersNamesWhoWantsItAndWhereThatIs() {
      assertThatExceptionOfType(InvalidAddonException.class)
          .isThrownBy(() -> select(disabling(), PROXY))
          .withMessageStartingWith("add-on 'proxy' (dev.plinth.addon.FakeAddon in file:")
          .withMessageContaining("requires 'charts.example/v1', which no add-on offers");
    }

    @Test
    void aMistypedRequirementComesWithTheNearestOneOffered() {
      assertThatExceptionOfType(InvalidAddonException.class)
          .isThrownBy(() -> select(disabling(), CHARTS, named("a").requiring("chart.example/v1")))
          .withMessageContaining("did you mean 'charts.example/v1'?");
    }

    @Test
    void anUnknownRequirementIsAMistakeEvenOfADisabledAddon() {
      assertThatExceptionOfType(InvalidAddonException.class)
          .isThrownBy(() -> select(disabling("proxy"), PROXY));
    }

    @Test
    void aCircleIsShownWithItsPathAndItsMembersOnly() {
      assertThatExceptionOfType(InvalidAddonException.class)
          .isThrownBy(
              () ->
                  select(
                      disabling(),
                      named("a").requiring("b"),
                      named("b").requiring("c.example/v1"),
                      named("c").providing("c.example/v1").requiring("d"),
                      named("d").requiring("b", "e"),
                      named("e")))
          .withMessageContaining("b -> c -> d -> b: 'b' (")
          .withMessageContaining("'d' (dev.plinth.addon.FakeAddon in file:")
          .withMessageNotContainingAny("'a'", "'e'");
    }

    @Test
    void anAddonThatRequiresItselfIsACircle() {
      assertThatExceptionOfType(InvalidAddonException.class)
          .isThrownBy(() -> select(disabling(), named("a").providing("x").requiring("x")))
          .withMessageContaining("a -> a");
    }

    @Test
    void twoAddonsOfOneSlotAreNamedWithTheFlagsThatSolveIt() {
      assertThatExceptionOfType(InvalidAddonException.class)
          .isThrownBy(
              () ->
                  select(
                      disabling(),
                      named("one").filling(Slot.LOAD_BALANCER),
                      named("two").filling(Slot.LOAD_BALANCER)))
          .withMessageStartingWith("add-ons 'one' (dev.plinth.addon.FakeAddon in file:")
          .withMessageContaining("and 'two' (")
          .withMessageContaining("load-balancer")
          .withMessageEndingWith("--disable one or --disable two");
    }

    @Test
    void aSlotBelongsToWhoIsEnabled() {
      FakeAddon one = named("one").filling(Slot.INGRESS);
      FakeAddon two = named("two").filling(Slot.INGRESS).requiring("charts");
      FakeAddon three = named("three").filling(Slot.INGRESS);

      Selection selection = select(disabling("one", "charts"), CHARTS, one, two, three);

      assertThat(selection.inSlot(Slot.INGRESS)).contains(three);
      assertThat(selection.fills(Slot.INGRESS)).isTrue();
      assertThat(selection.fills(Slot.DNS)).isFalse();
    }
  }

  @Nested
  class UnknownNames {

    @Test
    void areWarnedOfWithTheNearestKnownOne() {
      assertThat(select(disabling("proxi", "kitchen-sink"), CHARTS, PROXY).warnings())
          .containsExactlyInAnyOrder(
              "--disable proxi: no add-on and no manifest has this name; did you mean 'proxy'?",
              "--disable kitchen-sink: no add-on and no manifest has this name");
    }

    @Test
    void areNotTheComponentsThatOnlyK3sHas() {
      assertThat(
              select(
                      disabling(
                          "ccm", "local-storage", "metrics-server", "rolebindings", "runtimes"),
                      CHARTS)
                  .warnings())
          .isEmpty();
    }

    @Test
    void areNotTheUsersManifests() {
      Selection selection =
          Selection.of(
              AddonCatalog.of(CHARTS), disabling("mine", "mime"), Set.of("mine", "ours/theirs"));

      assertThat(selection.warnings())
          .containsExactly(
              "--disable mime: no add-on and no manifest has this name; did you mean 'mine'?");
    }
  }

  @Nested
  class WantedByOtherServers {

    @Test
    void runsThoughItIsSwitchedOffHere() {
      Selection selection =
          select(disabling("charts"), CHARTS, PROXY, SITE).enabling(Set.of("charts"));

      assertThat(selection.enabled()).containsExactly(CHARTS, PROXY, SITE);
    }

    @Test
    void whatOthersHaveAndThisServerHasNotChangesNothing() {
      Selection own = select(disabling("site"), CHARTS, PROXY, SITE);

      assertThat(own.enabling(Set.of("charts", "elsewhere"))).isSameAs(own);
    }

    @Test
    void whatItNeedsMustRunToo() {
      Selection selection =
          select(disabling("charts", "proxy"), CHARTS, PROXY).enabling(Set.of("proxy"));

      assertThat(decision(selection, "proxy")).isInstanceOf(Decision.Blocked.class);
    }

    @Test
    void whoRunsHereKeepsTheSlot() {
      Selection selection =
          select(
                  disabling("bind"),
                  named("bind").filling(Slot.DNS),
                  named("unbound").filling(Slot.DNS))
              .enabling(Set.of("bind", "unbound"));

      assertThat(selection.enabled()).extracting(Addon::name).containsExactly("unbound");
      assertThat(decision(selection, "bind"))
          .isEqualTo(
              new Decision.Blocked(
                  Slot.DNS.toString(),
                  "only another server enables it, and 'unbound' fills its slot " + Slot.DNS));
    }

    @Test
    void ofTwoThatOnlyOthersWantTheFirstHasTheSlot() {
      Selection selection =
          select(
                  disabling("bind", "unbound"),
                  named("bind").filling(Slot.DNS),
                  named("unbound").filling(Slot.DNS))
              .enabling(Set.of("bind", "unbound"));

      assertThat(selection.enabled()).extracting(Addon::name).containsExactly("bind");
    }
  }

  @Test
  void printsOneLineForEachAddonAndWarning() {
    Selection selection = select(disabling("charts", "sight"), CHARTS, PROXY, named("x"));

    assertThat(selection.toString().lines())
        .containsExactly(
            "charts  disabled by --disable charts",
            "proxy   blocked: needs charts.example/v1, which 'charts' provides, disabled by"
                + " --disable charts",
            "x       enabled",
            "warning: --disable sight: no add-on and no manifest has this name");
  }

  @Test
  void printsNothingForAnEmptyCatalogue() {
    assertThat(select(disabling())).hasToString("");
  }

  private static Selection select(ServerConfig config, Addon... addons) {
    return Selection.of(AddonCatalog.of(addons), config);
  }

  private static Decision decision(Selection selection, String addon) {
    return selection.find(addon).orElseThrow().decision();
  }

  private static ServerConfig disabling(String... names) {
    return ServerConfig.builder()
        .nodeName("node-1")
        .dataDir(Path.of("data"))
        .disable(names)
        .build();
  }
}
