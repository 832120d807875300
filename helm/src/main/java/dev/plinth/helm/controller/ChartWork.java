package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.controller.OperationPlanner.Wanted;
import dev.plinth.helm.engine.ApplyRequest;
import dev.plinth.helm.engine.ReleaseTarget;
import dev.plinth.helm.release.FailurePolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a chart asks for, all of it understood, and for which release. */
record ChartWork(ChartInputs inputs, ChartChoices choices, ReleaseTarget target) {

  private static final int RETRIES = 10;

  /** K3s's limit, for the one policy that does no harm. */
  private static final int RETRIES_OF_RETRY = 1000;

  ChartWork {
    requireNonNull(inputs, "inputs");
    requireNonNull(choices, "choices");
    requireNonNull(target, "target");
  }

  String hash() {
    return inputs.inputsHash();
  }

  /** How long an operation may take. */
  Duration timeout() {
    return inputs.timeout().orElse(ApplyRequest.DEFAULT_TIMEOUT);
  }

  Wanted wanted() {
    return new Wanted(hash(), inputs.failurePolicy(), choices.rollBack(), timeout());
  }

  /** How often a failed attempt is repeated. */
  int limit() {
    Long limit = inputs.chart().getSpec().backOffLimit();
    if (limit != null) {
      return (int) Math.max(0, Math.min(Retries.WITHOUT_END, limit));
    }
    return inputs.failurePolicy() == FailurePolicy.RETRY ? RETRIES_OF_RETRY : RETRIES;
  }

  /** What is accepted, and has no effect or is probably a mistake. */
  List<String> notes() {
    List<String> notes = new ArrayList<>(inputs.notes());
    notes.addAll(choices.notes());
    notes.addAll(FieldsWithoutEffect.of(inputs.chart().getSpec()));
    return notes;
  }
}
