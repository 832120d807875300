package dev.plinth.benchmarks;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs benchmarks and prints tables. */
@Command(
    name = "benchmarks/run",
    description = "Measures Plinth on a real control plane; prints Markdown.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class Main implements Callable<Integer> {

  private static final Logger ROOT = Logger.getLogger("");
  private static final List<Benchmark> ALL =
      List.of(
          new ColdStart(),
          new FirstRequest(),
          new Restart(),
          new Idle(),
          new NodeHosts(),
          new ConfigMaps(),
          new FileLatency(),
          new ManyFiles(),
          new Drift(),
          new TakeoverFromK3s(),
          new LoadBalancers(50, 10),
          new LoadBalancers(500, 10),
          new ThousandServices(),
          new LargeCluster(),
          new ValuesMerge(),
          new HelmReleases(),
          new HelmRestart(),
          new HelmCommand());

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description =
          "cold-start, first-request, restart, idle, node-hosts, config-maps, file-latency,"
              + " many-files, drift, takeover, load-balancers-50, load-balancers-500,"
              + " load-balancers-existing, load-balancers-large, values-merge, helm-releases,"
              + " helm-restart, helm-command; without a name, all.")
  private List<String> names = List.of();

  @Option(names = "--runs", defaultValue = "5", description = "How often; ${DEFAULT-VALUE}.")
  private int runs;

  @Option(names = "--idle", defaultValue = "PT5M", description = "ISO 8601; ${DEFAULT-VALUE}.")
  private Duration idle;

  @Option(names = "--fsync", description = "Have etcd wait for the disk.")
  private boolean fsync;

  @Option(names = "--short", description = "Only see that they work: few objects, one run.")
  private boolean shortForm;

  private Main() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main());
  }

  @Override
  public Integer call() throws Exception {
    ROOT.setLevel(Level.WARNING);
    Settings settings = new Settings(shortForm, runs, idle, fsync);
    List<Benchmark> chosen = chosen();
    Report report = new Report(System.out);
    List<String> machine = Machine.facts(settings);
    for (Benchmark benchmark : chosen) {
      double before = Machine.load();
      List<Measurement> rows = benchmark.run(settings);
      String load = "load average before %.1f, after %.1f".formatted(before, Machine.load());
      report.print(
          benchmark.name(),
          benchmark.description(settings),
          ImmutableList.<String>builder().addAll(machine).add(load).build(),
          rows);
    }
    return CommandLine.ExitCode.OK;
  }

  private List<Benchmark> chosen() {
    return names.isEmpty() ? ALL : names.stream().map(this::find).toList();
  }

  private Benchmark find(String name) {
    return ALL.stream()
        .filter(it -> it.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "There is no benchmark '%s'; there are %s"
                        .formatted(name, ALL.stream().map(Benchmark::name).toList())));
  }
}
