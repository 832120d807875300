package dev.plinth.addons.coredns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.config.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterDnsQuestionTest {

  private static final List<Cidr> SERVICES = List.of(Cidr.parse("10.43.0.0/16"));

  /** Its first address, which is nobody's, is one that the host can give to a server here. */
  private static final List<Cidr> NETWORK = List.of(Cidr.parse("127.0.0.1/24"));

  private static final ClusterDnsQuestion QUESTION =
      new ClusterDnsQuestion(new DnsQuery("kubernetes.default.svc.cluster.local.", "A"), SERVICES);

  @ParameterizedTest
  @CsvSource({
    FakeDnsServer.NO_SUCH_NAME + ", NXDOMAIN",
    FakeDnsServer.SERVER_FAILURE + ", SERVFAIL",
    FakeDnsServer.REFUSED + ", REFUSED",
    FakeDnsServer.NO_ERROR + ", no A record"
  })
  void whatIsNoAddressIsToldWithServerNameAndAdvice(int responseCode, String words) {
    try (FakeDnsServer server = FakeDnsServer.answering(responseCode)) {
      assertThat(ask(server.address()).orElseThrow().problem().orElseThrow())
          .contains(
              "127.0.0.1 port " + server.address().getPort(),
              "kubernetes.default.svc.cluster.local. A",
              words,
              "logs of its pods");
    }
  }

  @Test
  void theAddressOfAServiceIsRight() throws Exception {
    try (FakeDnsServer server = FakeDnsServer.answering(InetAddress.getByName("10.43.0.1"))) {
      assertThat(ask(server.address()).orElseThrow().problem()).isEmpty();
    }
  }

  @Test
  void anAddressThatNoServiceCanHaveIsWrong() throws Exception {
    try (FakeDnsServer server = FakeDnsServer.answering(InetAddress.getByName("192.0.2.7"))) {
      assertThat(ask(server.address()).orElseThrow().problem().orElseThrow())
          .contains("192.0.2.7", "which no Service");
    }
  }

  @Test
  void silenceTellsNothingAndHoldsUpNobodyForLong() {
    try (FakeDnsServer server = FakeDnsServer.silent()) {
      long start = System.nanoTime();
      Optional<ClusterDnsQuestion.Verdict> verdict = ask(server.address());
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      assertThat(verdict).isEmpty();
      assertThat(took).isLessThan(Duration.ofSeconds(2));
      assertThat(server.questions()).as("a lost packet is sent again").isEqualTo(2);
    }
  }

  @Test
  void aPortThatNobodyListensToTellsNothing() {
    FakeDnsServer gone = FakeDnsServer.answering(FakeDnsServer.SERVER_FAILURE);
    InetSocketAddress address = gone.address();
    gone.close();

    assertThat(ask(address)).isEmpty();
  }

  /** As in networks where a firewall answers whatever address a query is sent to. */
  @Test
  void aWrongAnswerOfSomethingInBetweenTellsNothing() throws Exception {
    try (FakeDnsServer everywhere =
        FakeDnsServer.answering(InetAddress.getByName("0.0.0.0"), FakeDnsServer.NO_SUCH_NAME)) {
      InetSocketAddress server = new InetSocketAddress("127.0.1.2", everywhere.address().getPort());

      assertThat(QUESTION.ask(server, List.of(Cidr.parse("127.0.1.1/30")))).isEmpty();
      assertThat(everywhere.questions()).isEqualTo(2);
    }
  }

  private static Optional<ClusterDnsQuestion.Verdict> ask(InetSocketAddress server) {
    return QUESTION.ask(server, NETWORK);
  }
}
