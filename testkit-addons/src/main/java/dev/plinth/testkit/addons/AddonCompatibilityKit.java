package dev.plinth.testkit.addons;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.plinth.PlinthServer;
import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.addon.Selection;
import dev.plinth.config.ConfigurationReader;
import dev.plinth.config.Option;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.SimulatedNode;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ManifestParser;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.report.AddonStatus;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether an add-on behaves as users of a server expect it of every add-on. Its author extends this
 * class and says which add-on it is:
 *
 * <pre>{@code
 * class HelloAddonCompatibilityIT extends AddonCompatibilityKit {
 *   @Override
 *   protected Addon addon() {
 *     return new HelloAddon();
 *   }
 * }
 * }</pre>
 *
 * <p>The tests are the life of the add-on in one cluster, a real control plane with two simulated
 * nodes and both families of addresses: each goes on from the one before, and is skipped if the
 * add-on has not become ready before. The last one, which says least of the others, has the tag
 * {@code exhaustive}, and stands for itself. Another add-on and objects of a user are there all the
 * time.
 *
 * <p>A class that extends it can have tests of its own; they run after these, on the same control
 * plane, and should have an {@link Order} of at least 100.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
public abstract class AddonCompatibilityKit {

  private static final String REGISTRY = "registry.kit.example:5000";
  private static final Set<String> PROTECTED_KINDS =
      Set.of("Namespace", "CustomResourceDefinition", "PersistentVolumeClaim");
  private static final String NAMESPACES_OF_USERS = "kit-user-";

  /** Long enough for a reconciler to do what it has put off. */
  private static final Duration QUIET = Duration.ofMillis(500);

  @RegisterExtension
  final ControlPlaneExtension controlPlane =
      ControlPlaneExtension.fresh(
          builder ->
              builder
                  .serviceCidrs("10.43.0.0/16", "fd43::/112")
                  .node(SimulatedNode.numbered(1).withInternalIp("fd31::1"))
                  .node(SimulatedNode.numbered(2).withInternalIp("fd31::2")));

  private KitHost host;
  private Inventory before;
  private Map<String, String> versionsOfOthers;
  private Inventory installed;
  private Inventory upgraded;
  private int lives;

  /** For classes that extend it. */
  protected AddonCompatibilityKit() {}

  /** The add-on: a new one at each call, or always the same one. */
  protected abstract Addon addon();

  /** What else the server has to have, such as add-ons that offer what this one requires; none. */
  protected List<Addon> companions() {
    return List.of();
  }

  /**
   * The version that users upgrade from. By default this add-on with two ConfigMaps more, one in
   * its first file and one in a file of its own, so that something is to be pruned.
   */
  protected Addon olderVersion() {
    return OlderVersion.of(addon());
  }

  /** Sets options of the add-on; by default it has its defaults. */
  protected ServerConfig.Builder configure(ServerConfig.Builder config) {
    return config;
  }

  /**
   * Puts into the data directory what the add-on finds there, such as charts. Called once, before
   * the first start; does nothing by default.
   */
  protected void prepareDataDirectory(Path dataDir) throws Exception {}

  /**
   * Uses the add-on as a user does, so that what it makes only then is there: creates objects in
   * the namespace and waits until they have what they need. The kit deletes them afterwards, when
   * the add-on is already gone, which has to be possible. Does nothing by default.
   *
   * @param client with all rights
   * @param namespace empty, and a new one at each call
   */
  protected void use(KubernetesClient client, String namespace) throws Exception {}

  /** Whether it has to be found by {@link java.util.ServiceLoader}; it has to by default. */
  protected boolean isService() {
    return true;
  }

  /** How long it may take until it is ready, or gone; a minute by default. */
  protected Duration patience() {
    return Duration.ofMinutes(1);
  }

  @BeforeAll
  final void startWithoutTheAddon(@TempDir Path dataDir) throws Exception {
    List<Addon> others = new ArrayList<>(companions());
    others.add(new Neighbour());
    host = new KitHost(controlPlane.controlPlane(), dataDir, others, patience());
    prepareDataDirectory(dataDir);
    host.runReady(config(NetworkSettings.IPV4).build());
    Neighbour.createObjectsOfUser(host.admin());
    before = Inventory.of(host.admin());
    versionsOfOthers = Neighbour.versions(before);
  }

  @Test
  @Order(1)
  final void describes_itself_and_has_what_it_requires() {
    Addon addon = addon();
    assertOneLine(addon.description(), "description()");
    for (Option<?> option : addon.options()) {
      assertOneLine(option.description(), "the description of option --" + option.name());
    }
    AddonCatalog catalog = catalog();
    // Two owners of one option, or one that is Plinth's, are found by reading.
    ConfigurationReader.of(catalog).read("--data-dir", host.dataDir().toString());
    Selection.Decision decision =
        Selection.of(catalog, config(NetworkSettings.IPV4).build())
            .find(addon.name())
            .orElseThrow()
            .decision();
    assertTrue(
        decision instanceof Selection.Decision.Enabled,
        "it is " + decision + "; companions() has to offer what it requires");
    if (isService()) {
      Class<?> found =
          AddonCatalog.discover().find(addon.name()).map(Object::getClass).orElse(null);
      assertEquals(
          addon.getClass(),
          found,
          "what META-INF/services/"
              + Addon.class.getName()
              + " offers by the name "
              + addon.name());
    }
  }

  @Test
  @Order(2)
  final void its_manifests_parse_and_come_out_the_same_each_time() {
    for (NetworkSettings network : NetworkSettings.values()) {
      ServerConfig config = config(network).build();
      documents(config);
      assertEquals(
          addon().manifests(config), addon().manifests(config), "manifests(), asked twice");
    }
  }

  @Test
  @Order(3)
  final void is_staged_and_applied_and_becomes_ready() throws Exception {
    ServerConfig config = config(NetworkSettings.IPV4).build();
    Inventory found = beginLife(config);
    for (PackagedManifest manifest : addon().manifests(config)) {
      Path staged = host.dataDir().resolve("server/manifests").resolve(manifest.file());
      assertTrue(Files.exists(staged), staged + " is not there");
      assertEquals(manifest.content(), Files.readString(staged), staged.toString());
    }
    installed = found;
    assertOthersAreUntouched();
  }

  @Test
  @Order(4)
  final void a_second_start_writes_nothing() throws Exception {
    assumeInstalled();
    Mark mark = host.mark();
    try (PlinthServer server = host.start(config(NetworkSettings.IPV4).build(), addon())) {
      host.requireReady(server);
      host.await("a second start that writes nothing")
          .during(QUIET)
          .untilAsserted(() -> assertEquals(List.of(), host.writesSince(mark)));
    }
  }

  @Test
  @Order(5)
  final void disabled_it_leaves_protected_kinds_only_and_lists_them() throws Exception {
    assumeInstalled();
    AddonStatus status =
        host.runDisabled(config(NetworkSettings.IPV4).disable(addon().name()).build(), addon());

    assertEmptySoon(
        "left when it is disabled, though of no protected kind",
        () -> left().unprotected(PROTECTED_KINDS));
    List<String> unlisted =
        left()
            .references()
            .filter(it -> PROTECTED_KINDS.contains(it.kind()))
            .map(ObjectReference::toString)
            .filter(it -> !status.message().contains(it))
            .toList();
    assertEquals(List.of(), unlisted, "left without a word in its status: " + status);
    assertOthersAreUntouched();
  }

  @Test
  @Order(6)
  final void disabled_with_consent_it_leaves_nothing() throws Exception {
    assumeInstalled();
    endLife(NetworkSettings.IPV4);
  }

  @Test
  @Order(7)
  final void upgraded_on_two_families_it_has_what_a_fresh_installation_has() throws Exception {
    assumeInstalled();
    ServerConfig config =
        config(NetworkSettings.DUAL_STACK).systemDefaultRegistry(REGISTRY).build();
    host.runReady(config, olderVersion());
    List<ObjectReference> older = declared(Inventory.of(host.admin()));
    List<ObjectReference> fresh = declared(installed);
    assertNotEquals(
        fresh, older, "olderVersion() declares the same as addon(): there is nothing to prune");

    Inventory found = beginLife(config);

    assertEquals(fresh, declared(found), "what it has declared, fresh and after an upgrade");
    upgraded = left();
  }

  @Test
  @Order(8)
  final void it_takes_all_images_from_the_configured_registry() throws Exception {
    ServerConfig config =
        config(NetworkSettings.DUAL_STACK).systemDefaultRegistry(REGISTRY).build();
    Set<String> declared = images(addon(), config);
    assertFromRegistry(declared, "named by its manifests and images()");

    assumeTrue(upgraded != null, "it has not been upgraded: see the test of that");
    Set<String> running = Images.in(upgraded.objects().values().stream());
    assertFromRegistry(running, "of pods and templates of pods in the cluster");
    Set<String> known = new TreeSet<>(declared);
    companions().forEach(it -> known.addAll(images(it, config)));
    assertEquals(
        Set.of(),
        difference(running, known),
        "images in the cluster that neither manifests nor images() name");
  }

  @Test
  @Order(9)
  @Tag("exhaustive")
  final void on_ipv6_alone_it_becomes_ready() throws Exception {
    if (upgraded != null) {
      endLife(NetworkSettings.DUAL_STACK);
    }
    beginLife(config(NetworkSettings.IPV6).build());
    endLife(NetworkSettings.IPV6);
  }

  private ServerConfig.Builder config(NetworkSettings network) {
    return configure(host.config(network));
  }

  private AddonCatalog catalog() {
    List<Addon> all = new ArrayList<>(companions());
    all.add(addon());
    return AddonCatalog.of(all.toArray(Addon[]::new));
  }

  /**
   * Installs it, and then uses it, in a namespace of a user. Returns what was there before that.
   */
  private Inventory beginLife(ServerConfig config) throws Exception {
    String namespace = NAMESPACES_OF_USERS + ++lives;
    host.createNamespace(namespace);
    try (PlinthServer server = host.start(config, addon())) {
      host.requireReady(server);
      Inventory unused = Inventory.of(host.admin());
      use(host.admin(), namespace);
      host.requireReady(server);
      return unused;
    }
  }

  /** Has everything of it deleted, and then everything of the user that has used it. */
  private void endLife(NetworkSettings network) throws Exception {
    String name = addon().name();
    host.runDisabled(config(network).disable(name).deleteProtected(name).build(), addon());
    host.emptyNamespace(NAMESPACES_OF_USERS + lives);
    assertEmptySoon("left when it is disabled with --delete-protected " + name, this::left);
    assertOthersAreUntouched();
  }

  /** What is in the cluster that was not before, but what users have made. */
  private Inventory left() {
    return Inventory.of(host.admin()).without(before).outside(AddonCompatibilityKit::isOfUser);
  }

  private static boolean isOfUser(String namespace) {
    return namespace.startsWith(NAMESPACES_OF_USERS);
  }

  private List<ObjectReference> declared(Inventory inventory) {
    return inventory
        .outside(AddonCompatibilityKit::isOfUser)
        .declaredBy(addon().name())
        .references()
        .toList();
  }

  private void assertEmptySoon(String what, Supplier<Inventory> objects) {
    host.await("nothing " + what)
        .untilAsserted(
            () -> {
              Inventory found = objects.get();
              assertTrue(found.isEmpty(), () -> what + ":" + found);
            });
  }

  private void assertOthersAreUntouched() {
    Inventory now = Inventory.of(host.admin());
    Map<String, String> expected = versionsOfOthers;
    versionsOfOthers = Neighbour.versions(now);
    assertEquals(expected, versionsOfOthers, "objects of others, with uid and version");
    assertEquals(
        List.of(),
        Neighbour.objectsWithFieldsOf(
            "plinth-" + addon().name(), now.declaredByOthersThan(addon().name())),
        "objects of other add-ons with fields that this one has set");
  }

  private void assumeInstalled() {
    assumeTrue(installed != null, "it has not become ready: see the first test that failed");
  }

  private static void assertOneLine(String text, String what) {
    assertTrue(
        text != null && !text.isBlank() && text.lines().count() == 1,
        what + ": expected one line, found '" + text + "'");
  }

  private static void assertFromRegistry(Set<String> images, String what) {
    List<String> others = images.stream().filter(it -> !it.startsWith(REGISTRY + "/")).toList();
    assertEquals(
        List.of(), others, "images " + what + " that do not come from --system-default-registry");
  }

  private Set<String> images(Addon of, ServerConfig config) {
    Set<String> images = Images.in(documents(of, config).map(ManifestDocument::content));
    images.addAll(of.images(config));
    return images;
  }

  private void documents(ServerConfig config) {
    documents(addon(), config).forEach(it -> {});
  }

  /** A manifest that is none ends this with the file, the line and what was found. */
  private static Stream<ManifestDocument> documents(Addon of, ServerConfig config) {
    ManifestParser parser = new ManifestParser();
    return of.manifests(config).stream()
        .flatMap(it -> parser.parse(it.file(), it.content()).stream());
  }

  private static Set<String> difference(Set<String> some, Set<String> others) {
    Set<String> difference = new TreeSet<>(some);
    difference.removeAll(others);
    return difference;
  }
}
