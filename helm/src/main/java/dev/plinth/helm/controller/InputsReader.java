package dev.plinth.helm.controller;

import dev.plinth.helm.controller.Reference.Keys;
import dev.plinth.helm.model.EffectiveSettings;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.model.ValuesFields;
import dev.plinth.helm.model.ValuesSecret;
import dev.plinth.helm.source.ChartFields;
import dev.plinth.helm.source.ChartReference;
import dev.plinth.helm.source.ChartReference.AtUrl;
import dev.plinth.helm.source.ChartReference.InRegistry;
import dev.plinth.helm.source.ChartReference.InRepository;
import dev.plinth.helm.source.ChartReference.Packaged;
import dev.plinth.helm.source.ChartSourceException;
import dev.plinth.helm.source.PackagedCharts;
import dev.plinth.helm.source.SourceAccess;
import dev.plinth.helm.values.ChartDefaults;
import dev.plinth.helm.values.MergedValues;
import dev.plinth.helm.values.Origin.SecretKey;
import dev.plinth.helm.values.Owner;
import dev.plinth.helm.values.ValuesException;
import dev.plinth.helm.values.ValuesInput;
import dev.plinth.helm.values.ValuesMerger;
import dev.plinth.helm.values.ValuesProblem;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads what a HelmChart, its HelmChartConfig and what they refer to say, into one value. */
final class InputsReader {

  private final ReferenceLookup referenced;
  private final Function<ChartReference, Optional<String>> digests;
  private final ValuesMerger merger = new ValuesMerger();

  /**
   * @param referenced looks at Secrets and ConfigMaps
   * @param digests the digest of an archive that is at hand, {@code ChartSources::localDigest}
   */
  InputsReader(ReferenceLookup referenced, Function<ChartReference, Optional<String>> digests) {
    this.referenced = referenced;
    this.digests = digests;
  }

  /** Reads, and has what it reads watched. May wait some seconds for the API server. */
  InputsReading read(HelmChart chart, Optional<HelmChartConfig> config) {
    return new Reading(chart, config).read();
  }

  /** One reading. */
  private final class Reading {
    private final HelmChart chart;
    private final Optional<HelmChartConfig> config;
    private final String namespace;
    private final List<InputProblem> problems = new ArrayList<>();
    private Map<ReferencedObject, ReferencedContent> contents = Map.of();

    Reading(HelmChart chart, Optional<HelmChartConfig> config) {
      this.chart = chart;
      this.config = config;
      this.namespace = chart.getMetadata().getNamespace();
    }

    InputsReading read() {
      EffectiveSettings settings = EffectiveSettings.of(chart, config);
      problems.addAll(ChartFieldChecks.problems(chart, config, settings));
      Optional<ChartReference> reference = reference();
      boolean isRemote = reference.filter(InputsReader::isRemote).isPresent();
      contents = referenced.read(ResourceID.fromResource(chart), references(isRemote));
      SourceAccess access =
          isRemote
              ? new AccessReader(chart, contents::get, problems).read()
              : SourceAccess.anonymous();
      ValuesInput input =
          new ValuesInput(
              ChartDefaults.none(chart.getMetadata().getName()), chart, config, secrets());
      unreadable(Owner.HELM_CHART, chart.reference(), chart.getSpec());
      config.ifPresent(it -> unreadable(Owner.HELM_CHART_CONFIG, it.reference(), it.getSpec()));
      Optional<MergedValues> values = merge(input);
      if (!problems.isEmpty()) {
        problems.sort(Comparator.comparing(InputProblem::owner));
        return new InputsReading.Wanting(problems);
      }
      List<String> notes = new ArrayList<>(settings.notes());
      values.orElseThrow().notices().forEach(it -> notes.add(it.toString()));
      return new InputsReading.Complete(
          new ChartInputs(
              chart,
              config,
              settings,
              reference.orElseThrow(),
              access,
              values.orElseThrow(),
              InputsHash.of(
                  chart,
                  config,
                  settings,
                  reference.orElseThrow(),
                  digests.apply(reference.orElseThrow()),
                  merger.mergeWithoutIgnored(input)),
              notes,
              input.secrets()));
    }

    private Optional<ChartReference> reference() {
      ChartReference reference;
      try {
        reference =
            new ChartFields(
                    chart.getSpec().chart(),
                    chart.getSpec().repo(),
                    chart.getSpec().version(),
                    chart.getSpec().chartContent())
                .reference();
      } catch (ChartSourceException e) {
        return noReference("spec." + e.getMessage());
      }
      try {
        return Optional.of(PackagedCharts.of(reference, chart.getMetadata().getAnnotations()));
      } catch (ChartSourceException e) {
        return noReference(e.getMessage());
      }
    }

    private Optional<ChartReference> noReference(String problem) {
      problems.add(
          new InputProblem(
              Owner.HELM_CHART, InputProblem.INVALID_FIELD, chart.reference() + ": " + problem));
      return Optional.empty();
    }

    private Collection<Reference> references(boolean isRemote) {
      List<Reference> references = new ArrayList<>();
      if (isRemote) {
        references.addAll(AccessReader.references(chart));
      }
      references.addAll(references(chart.getSpec()));
      config.ifPresent(it -> references.addAll(references(it.getSpec())));
      return references;
    }

    private List<Reference> references(ValuesFields fields) {
      return fields.valuesSecrets().stream()
          .filter(it -> !it.name().isEmpty() && !it.keys().isEmpty())
          .filter(it -> !ValuesMerger.isOwn(chart, it))
          .map(this::reference)
          .toList();
    }

    private Reference reference(ValuesSecret secret) {
      return new Reference(
          ReferencedObject.secret(namespace, secret.name()),
          Keys.of(secret.keys()),
          !secret.ignoreUpdates());
    }

    private ValuesInput.Secrets secrets() {
      Map<String, Map<String, byte[]>> found = new HashMap<>();
      contents.forEach(
          (object, content) -> {
            if (object.kind() == ReferencedObject.Kind.SECRET
                && content instanceof ReferencedContent.Found secret) {
              found.put(object.name(), secret.data());
            }
          });
      return name -> Optional.ofNullable(found.get(name));
    }

    private Optional<MergedValues> merge(ValuesInput input) {
      try {
        return Optional.of(merger.merge(input));
      } catch (ValuesException e) {
        e.problems().stream()
            .filter(it -> !isUnreadable(it))
            .map(this::problem)
            .forEach(problems::add);
        return Optional.empty();
      }
    }

    /** Also those that may be missing: nobody knows whether they are. */
    private void unreadable(Owner owner, String object, ValuesFields fields) {
      for (int i = 0; i < fields.valuesSecrets().size(); i++) {
        ReferencedObject secret =
            ReferencedObject.secret(namespace, fields.valuesSecrets().get(i).name());
        if (contents.get(secret) instanceof ReferencedContent.Unreadable unreadable) {
          problems.add(
              new InputProblem(
                  owner,
                  InputProblem.UNREADABLE_REFERENCE,
                  "%s: spec.valuesSecrets[%d]: %s can not be read: %s"
                      .formatted(object, i, secret, unreadable.message())));
        }
      }
    }

    private boolean isUnreadable(ValuesProblem problem) {
      return problem
          .origin()
          .secret()
          .map(it -> contents.get(ReferencedObject.secret(namespace, it.name())))
          .filter(ReferencedContent.Unreadable.class::isInstance)
          .isPresent();
    }

    private InputProblem problem(ValuesProblem found) {
      Owner owner = found.origin().owner();
      Optional<SecretKey> key = found.origin().secret();
      if (key.isEmpty()) {
        return new InputProblem(owner, InputProblem.INVALID_VALUES, found.toString());
      }
      ReferencedObject secret = ReferencedObject.secret(namespace, key.get().name());
      String place = found.origin().object() + ": " + found.origin().field();
      ReferencedContent content = contents.getOrDefault(secret, new ReferencedContent.Absent());
      if (content instanceof ReferencedContent.Found it && it.data().containsKey(key.get().key())) {
        return new InputProblem(owner, InputProblem.INVALID_VALUES, found.toString());
      }
      return new InputProblem(
          owner,
          InputProblem.MISSING_REFERENCE,
          "%s: expected the key %s in %s, found no such %s"
              .formatted(
                  place,
                  key.get().key(),
                  secret,
                  content instanceof ReferencedContent.Found ? "key" : "Secret"));
    }
  }

  /** Whether the chart is fetched from somewhere. */
  private static boolean isRemote(ChartReference reference) {
    return reference instanceof InRepository
        || reference instanceof AtUrl
        || reference instanceof InRegistry
        || reference instanceof Packaged;
  }
}
