package dev.plinth.addons.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DesiredStatusTest {

  private static final Instant NOW = Instant.parse("2030-01-02T03:04:05.678Z");
  private static final Instant LATER = NOW.plusSeconds(60);
  private static final Problem TAKEN = new Problem(Problem.HOST_PORT_TAKEN, "port 80 is taken");
  private static final Service NEW = Objects.service("web").build();

  @Test
  void there_is_nothing_to_tell_of_a_service_whose_pods_start() {
    DesiredStatus status = DesiredStatus.of(NEW, List.of(), Optional.empty(), NOW);

    assertThat(status.condition()).isEmpty();
    assertThat(status.isOf(NEW)).isTrue();
  }

  @Test
  void addresses_have_their_mode_so_that_the_server_adds_nothing() {
    DesiredStatus status =
        DesiredStatus.of(NEW, List.of("10.0.0.1", "fd00::1"), Optional.empty(), NOW);

    assertThat(status.toStatus().getLoadBalancer().getIngress())
        .extracting(it -> it.getIp() + " " + it.getIpMode())
        .containsExactly("10.0.0.1 VIP", "fd00::1 VIP");
    assertThat(status.isOf(NEW)).isFalse();
    assertThat(status.isOf(with(NEW, status))).isTrue();
  }

  @Test
  void a_condition_keeps_its_time_until_it_turns() {
    Service pending = with(NEW, DesiredStatus.of(NEW, List.of(), Optional.of(TAKEN), NOW));
    Service partly =
        with(pending, DesiredStatus.of(pending, List.of("10.0.0.1"), Optional.of(TAKEN), LATER));
    Condition solved =
        DesiredStatus.of(partly, List.of("10.0.0.1"), Optional.empty(), LATER.plusSeconds(60))
            .condition()
            .orElseThrow();

    assertThat(condition(pending))
        .extracting(Condition::getStatus, Condition::getReason, Condition::getLastTransitionTime)
        .containsExactly("False", "HostPortTaken", "2030-01-02T03:04:05Z");
    assertThat(condition(partly))
        .extracting(Condition::getStatus, Condition::getReason, Condition::getLastTransitionTime)
        .containsExactly("True", "HostPortTaken", "2030-01-02T03:05:05Z");
    assertThat(solved)
        .extracting(Condition::getStatus, Condition::getReason, Condition::getLastTransitionTime)
        .containsExactly("True", "AddressAssigned", "2030-01-02T03:05:05Z");
  }

  @Test
  void a_problem_of_pods_stands_until_there_is_an_address_and_one_of_the_service_does_not() {
    Service taken = with(NEW, DesiredStatus.of(NEW, List.of(), Optional.of(TAKEN), NOW));
    Service invalid =
        with(
            NEW,
            DesiredStatus.of(
                NEW,
                List.of(),
                Optional.of(new Problem(Problem.INVALID_TOLERATIONS, "junk")),
                NOW));

    assertThat(DesiredStatus.of(taken, List.of(), Optional.empty(), LATER).isOf(taken)).isTrue();
    assertThat(
            DesiredStatus.of(invalid, List.of(), Optional.empty(), LATER)
                .condition()
                .orElseThrow()
                .getReason())
        .isEqualTo("Progressing");
  }

  @Test
  void addresses_that_somebody_else_has_set_are_not_taken_away() {
    Service foreign =
        new ServiceBuilder(NEW)
            .withNewStatus()
            .withNewLoadBalancer()
            .addNewIngress()
            .withIp("198.51.100.1")
            .endIngress()
            .endLoadBalancer()
            .endStatus()
            .build();

    assertThat(DesiredStatus.of(foreign, List.of(), Optional.empty(), NOW).isOf(foreign)).isTrue();
  }

  private static Service with(Service service, DesiredStatus status) {
    return new ServiceBuilder(service).withStatus(status.toStatus()).build();
  }

  private static Condition condition(Service service) {
    return DesiredStatus.currentCondition(service).orElseThrow();
  }
}
