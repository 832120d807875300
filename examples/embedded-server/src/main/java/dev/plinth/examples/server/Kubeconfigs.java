package dev.plinth.examples.server;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Reads and hands out kubeconfig files. What is in them is secret: no message quotes it. */
final class Kubeconfigs {

  private Kubeconfigs() {}

  /**
   * The settings of a client for the cluster that a file's current context names.
   *
   * @throws UsageException if the file is not there or is no kubeconfig
   */
  static Config read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new UsageException("there is no kubeconfig at " + file);
    }
    if (!Files.isReadable(file)) {
      throw new UsageException("no permission to read the kubeconfig " + file);
    }
    if (!namesCluster(file)) {
      throw new UsageException(
          file + " is no kubeconfig: expected YAML with clusters and a current-context");
    }
    return Config.fromKubeconfig(file.toFile());
  }

  /**
   * Puts a copy of a kubeconfig somewhere, readable by its owner alone.
   *
   * @throws UsageException if it cannot be written there
   */
  static void copy(Path kubeconfig, Path target) {
    try {
      Files.createDirectories(target.getParent(), ownerOnly("rwx------"));
      // Written beside the target and moved, so that at no moment others can read it.
      Path whole =
          Files.createTempFile(
              target.getParent(), "." + target.getFileName(), "", ownerOnly("rw-------"));
      Files.write(whole, Files.readAllBytes(kubeconfig));
      Files.move(whole, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UsageException(
          "the kubeconfig cannot be written to %s: %s".formatted(target, Reason.of(e)), e);
    }
  }

  private static FileAttribute<?> ownerOnly(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }

  private static boolean namesCluster(Path file) {
    try {
      io.fabric8.kubernetes.api.model.Config content = KubeConfigUtils.parseConfig(file.toFile());
      return content != null
          && !content.getClusters().isEmpty()
          && content.getCurrentContext() != null
          && !content.getCurrentContext().isBlank();
    } catch (RuntimeException e) {
      return false;
    }
  }
}
