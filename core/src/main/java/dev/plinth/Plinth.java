package dev.plinth;

import static java.util.Objects.requireNonNull;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.addon.Selection;
import dev.plinth.config.ServerConfig;
import dev.plinth.files.ManifestNames;
import dev.plinth.lifecycle.PlinthVersion;
import dev.plinth.lifecycle.ServerLifecycle;
import dev.plinth.lifecycle.ServerPlanner;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.member.LeaseTimes;
import dev.plinth.plan.Plan;
import dev.plinth.report.PlinthListener;
import dev.plinth.takeover.Release;
import dev.plinth.takeover.Takeover;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** The entry to Plinth: keeps the packaged components of a Kubernetes server. */
public final class Plinth {

  private Plinth() {}

  public static Builder builder() {
    return new Builder();
  }

  /** Settings of a server. */
  public static final class Builder {

    private KubernetesClient client;
    private ServerConfig config;
    private AddonCatalog addons;
    private PlinthListener listener = new PlinthListener() {};
    private LeaseTimes leaseTimes = LeaseTimes.DEFAULT;
    private Optional<String> version = Optional.empty();

    private Builder() {}

    /** The client for the cluster; required. Stays the host's: Plinth never closes it. */
    public Builder client(KubernetesClient client) {
      this.client = client;
      return this;
    }

    /** The server's configuration; required. */
    public Builder config(ServerConfig config) {
      this.config = config;
      return this;
    }

    /** The add-ons; by default those that the class path offers. */
    public Builder addons(AddonCatalog addons) {
      this.addons = addons;
      return this;
    }

    /** Who is told of progress; by default nobody. */
    public Builder listener(PlinthListener listener) {
      this.listener = listener;
      return this;
    }

    /**
     * How long other servers of the cluster wait for this one if it falls silent; by default as
     * long as Kubernetes' own components. To be the same on all servers.
     */
    public Builder leaseTimes(LeaseTimes leaseTimes) {
      this.leaseTimes = requireNonNull(leaseTimes, "leaseTimes");
      return this;
    }

    /** The version that the server takes itself for; by default what it is. */
    Builder version(String version) {
      this.version = Optional.of(version);
      return this;
    }

    /**
     * Starts, and returns as soon as work is under way: the API server need not answer yet.
     *
     * @throws NullPointerException if the client or the configuration is missing
     * @throws dev.plinth.addon.InvalidAddonException if the add-ons contradict each other
     * @throws dev.plinth.lifecycle.DataDirectoryInUseException if another live server has the data
     *     directory
     * @throws RuntimeException if an add-on's manifests cannot be rendered, or the data directory
     *     not be written
     */
    public PlinthServer start() {
      return new PlinthServer(
          ServerLifecycle.start(
              checkedClient(),
              checkedConfig(),
              selection(),
              new ServerLifecycle.Membership(leaseTimes, version),
              listener,
              InstantSource.system()));
    }

    /**
     * What {@link #start} would do now: looks at the cluster and the data directory, and writes
     * nothing anywhere.
     *
     * @throws NullPointerException if the client or the configuration is missing
     * @throws dev.plinth.addon.InvalidAddonException if the add-ons contradict each other
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if the cluster cannot be read
     * @throws InterruptedException if interrupted
     */
    public Plan plan() throws InterruptedException {
      return ServerPlanner.plan(
          checkedClient(), checkedConfig(), selection(), InstantSource.system());
    }

    /**
     * The takeover of what a K3s has left in the cluster and no server adopts by itself.
     *
     * @throws NullPointerException if the client or the configuration is missing
     * @throws dev.plinth.addon.InvalidAddonException if the add-ons contradict each other
     */
    public Takeover takeover() {
      return new Takeover(
          checkedClient(), checkedConfig(), selection(), "plinth/" + PlinthVersion.current());
    }

    /**
     * The way back: what Plinth has in the cluster goes on without it.
     *
     * @throws NullPointerException if the client is missing
     */
    public Release release() {
      return new Release(checkedClient());
    }

    private KubernetesClient checkedClient() {
      return requireNonNull(client, "client");
    }

    private ServerConfig checkedConfig() {
      return requireNonNull(config, "config");
    }

    private Selection selection() {
      Path manifests = new ManifestStaging(checkedConfig().dataDir()).manifestsDirectory();
      return Selection.of(
          addons == null ? AddonCatalog.discover() : addons,
          config,
          new ManifestNames(manifests).read());
    }
  }
}
