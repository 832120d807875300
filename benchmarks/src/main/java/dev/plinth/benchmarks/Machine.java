package dev.plinth.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.plinth.controlplane.ControlPlane;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What the numbers depend on. */
final class Machine {

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private Machine() {}

  /** One line for each fact that does not change. */
  static List<String> facts(Settings settings) {
    return List.of(
        String.format(
            Locale.ROOT,
            "machine: %d cores, %d GiB, %s %s; everything runs on it, side by side",
            SYSTEM.getAvailableProcessors(),
            SYSTEM.getTotalMemorySize() >> 30,
            SYSTEM.getName(),
            SYSTEM.getArch()),
        "JVM: %s %s"
            .formatted(System.getProperty("java.vm.name"), System.getProperty("java.version")),
        "Kubernetes %s: kube-apiserver and etcd (one member, fsync %s), both local"
            .formatted(kubernetesVersion(settings), settings.fsync() ? "on" : "off"));
  }

  /** Processes that wanted to run in the last minute: more than cores means the numbers are bad. */
  static double load() {
    return SYSTEM.getSystemLoadAverage();
  }

  /** Processor time of this JVM so far; what others take of the machine does not change it. */
  static Duration cpuTime() {
    return Duration.ofNanos(SYSTEM.getProcessCpuTime());
  }

  private static String kubernetesVersion(Settings settings) {
    try (ControlPlane controlPlane = ControlPlanes.apiServerOnly(settings).audit(false).start()) {
      return controlPlane.client().getKubernetesVersion().getGitVersion();
    }
  }
}
