package dev.plinth.addons.servicelb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.plinth.addon.EventRecorder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LaterEventsTest {

  private final List<String> done = new ArrayList<>();
  private final EventRecorder events = mock(EventRecorder.class);
  private final LaterEvents later = new LaterEvents(events);
  private final Service service = service("a");
  private final Service other = service("b");

  @BeforeEach
  void eventsAreNamedByTheirMessages() {
    when(events.event(any(), anyString(), anyString(), anyString()))
        .thenAnswer(it -> new EventBuilder().withMessage(it.getArgument(3)).build());
    doAnswer(it -> done.add(it.<Event>getArgument(0).getMessage())).when(events).write(any());
  }

  @Test
  void an_event_is_written_after_what_the_next_turn_of_its_service_is_for() {
    later.afterwards(service, () -> later.normal(service, "Reason", "first"));
    assertThat(later.areKept(service)).isTrue();
    later.afterwards(other, () -> done.add("other"));
    assertThat(done).containsExactly("other");

    later.afterwards(
        service,
        () -> {
          later.warning(service, "Reason", "second");
          done.add("turn");
        });
    assertThat(done).containsExactly("other", "turn", "first");

    later.afterwards(service, () -> done.add("turn"));
    assertThat(done).containsExactly("other", "turn", "first", "turn", "second");
    assertThat(later.areKept(service)).isFalse();
  }

  @Test
  void a_turn_that_fails_takes_no_event_with_it() {
    later.afterwards(service, () -> later.normal(service, "Reason", "told"));

    assertThatThrownBy(
            () ->
                later.afterwards(
                    service,
                    () -> {
                      throw new IllegalStateException("fails");
                    }))
        .hasMessage("fails");

    assertThat(done).containsExactly("told");
  }

  private static Service service(String uid) {
    return new ServiceBuilder().withNewMetadata().withUid(uid).endMetadata().build();
  }
}
