package dev.plinth.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogEndTest {

  @Test
  void linesStandBesideEachOther() {
    assertThat(LogEnd.inOneLine("starting\r\n\n  no such file: /etc/x\n"))
        .isEqualTo("starting | no such file: /etc/x");
  }

  @Test
  void whatTerminalsWouldObeyIsLeftOut() {
    assertThat(LogEnd.inOneLine("\u001b[31mred\u001b[0m\tand\u0000 more"))
        .isEqualTo("[31mred [0m and more");
  }

  @Test
  void ofALongLogTheEndIsKept() {
    String end = LogEnd.inOneLine("x".repeat(5_000) + " the end");

    assertThat(end).startsWith("…").endsWith("x the end").hasSizeLessThan(310);
  }

  @Test
  void anEmptyLogIsEmpty() {
    assertThat(LogEnd.inOneLine("\n \n")).isEmpty();
  }
}
