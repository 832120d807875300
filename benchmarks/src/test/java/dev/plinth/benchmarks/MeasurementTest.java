package dev.plinth.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementTest {

  @Test
  void theMedianOfAnEvenNumberOfValuesIsBetweenTheTwoInTheMiddle() {
    Measurement measured = Measurement.of("x", "s", List.of(4.0, 1.0, 3.0, 2.0));

    assertThat(measured.min()).isEqualTo(1);
    assertThat(measured.median()).isEqualTo(2.5);
    assertThat(measured.max()).isEqualTo(4);
  }

  @Test
  void nothingMeasuredIsNoMeasurement() {
    assertThatThrownBy(() -> Measurement.of("x", "s", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theTableSaysWhetherTheMedianReachesTheGoal() {
    Measurement good = Measurement.of("good", "s", List.of(0.5, 9.0, 0.7));
    Measurement bad = Measurement.of("bad", "", List.of(1250.4));

    String table = print(good.withGoal(Goal.atMost(1)), bad.withGoal(Goal.under(25)));

    assertThat(table)
        .contains("| good | 0.50 s | **0.70 s** | 9 s | 3 | at most 1 | reached |")
        .contains("| bad | 1,250 | **1,250** | 1,250 | 1 | under 25 | missed |");
  }

  private static String print(Measurement... rows) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new Report(new PrintStream(bytes, true, StandardCharsets.UTF_8))
        .print("title", "description", List.of("fact"), List.of(rows));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
