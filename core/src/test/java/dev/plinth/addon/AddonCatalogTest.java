package dev.plinth.addon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddonCatalogTest {

  @Test
  void findsTheAddonsThatTheClassPathOffersAsServices() throws IOException {
    AddonCatalog catalog = discoverBelow("class-path/");

    assertThat(catalog).singleElement().isInstanceOf(DiscoveredAddon.class);
  }

  @Test
  void takesAddonsInCodeBesideTheDiscoveredOnes() throws IOException {
    AddonCatalog catalog = discoverBelow("class-path/").with(FakeAddon.named("added"));

    assertThat(catalog).extracting(Addon::name).containsExactly("added", "discovered");
  }

  @Test
  void namesBothAddonsOfOneNameWithClassAndPlace() {
    assertThatExceptionOfType(InvalidAddonException.class)
        .isThrownBy(
            () -> AddonCatalog.of(new DiscoveredAddon()).with(FakeAddon.named("discovered")))
        .withMessageContaining("two add-ons have one name")
        .withMessageContaining("'discovered' (dev.plinth.addon.DiscoveredAddon in file:")
        .withMessageContaining("'discovered' (dev.plinth.addon.FakeAddon in file:");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "Upper", "a_b", "-a", "a-", "a.b", "a,b"})
  void refusesNamesThatDisableCouldNotTake(String name) {
    assertThatExceptionOfType(InvalidAddonException.class)
        .isThrownBy(() -> AddonCatalog.of(FakeAddon.named(name)))
        .withMessageContaining("'%s' (dev.plinth.addon.FakeAddon in file:", name)
        .withMessageContaining("is no DNS label");
  }

  @Test
  void reportsAllProblemsAtOnce() {
    assertThatExceptionOfType(InvalidAddonException.class)
        .isThrownBy(
            () ->
                AddonCatalog.of(
                    FakeAddon.named("A"), FakeAddon.named("twin"), FakeAddon.named("twin")))
        .withMessageContaining("'A'")
        .withMessageContaining("'twin'");
  }

  @Test
  void isInTheOrderOfNames() {
    AddonCatalog catalog = AddonCatalog.of(FakeAddon.named("b"), FakeAddon.named("a"));

    assertThat(catalog).extracting(Addon::name).containsExactly("a", "b");
    assertThat(catalog).hasToString("[a, b]");
  }

  @Test
  void findsAddonsByName() {
    FakeAddon addon = FakeAddon.named("a").providing("c");

    assertThat(AddonCatalog.of(addon).find("a")).contains(addon);
    assertThat(AddonCatalog.of(addon).find("c")).isEmpty();
  }

  /** Discovers with a class path of its own, so that no other test sees its services. */
  private static AddonCatalog discoverBelow(String directory) throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    URL root = AddonCatalogTest.class.getResource(directory);
    try (URLClassLoader classPath =
        new URLClassLoader(new URL[] {root}, AddonCatalogTest.class.getClassLoader())) {
      thread.setContextClassLoader(classPath);
      return AddonCatalog.discover();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
