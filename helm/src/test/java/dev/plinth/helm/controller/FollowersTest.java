package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.cluster.ResourceKind;
import dev.plinth.helm.controller.KindWatches.Scope;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FollowersTest {

  private static final ResourceKind MAP =
      new ResourceKind("", "v1", "ConfigMap", "configmaps", true);
  private static final ResourceKind SECRET = new ResourceKind("", "v1", "Secret", "secrets", true);
  private static final ObjectKey A = new ObjectKey(MAP, "x", "a");
  private static final ObjectKey B = new ObjectKey(MAP, "y", "b");
  private static final ObjectKey C = new ObjectKey(SECRET, "x", "c");
  private static final ResourceID ONE = new ResourceID("one", "x");
  private static final ResourceID TWO = new ResourceID("two", "x");

  private final Followers followers = new Followers();

  @Test
  void an_object_may_have_several_followers() {
    followers.follow(ONE, Set.of(A, B));
    followers.follow(TWO, Set.of(A, C));
    assertThat(followers.of(A)).containsExactlyInAnyOrder(ONE, TWO);
    assertThat(followers.of(B)).containsExactly(ONE);
    assertThat(followers.of(MAP)).containsExactlyInAnyOrder(ONE, TWO);
    assertThat(followers.of(SECRET)).containsExactly(TWO);
    assertThat(followers.scopes())
        .containsExactlyInAnyOrder(
            new Scope(MAP, "x"), new Scope(MAP, "y"), new Scope(SECRET, "x"));
  }

  @Test
  void what_is_followed_no_more_has_no_place() {
    followers.follow(ONE, Set.of(A, B));
    followers.follow(TWO, Set.of(A));
    followers.follow(ONE, Set.of(C));
    assertThat(followers.of(A)).containsExactly(TWO);
    assertThat(followers.of(B)).isEmpty();
    followers.follow(TWO, Set.of());
    followers.follow(ONE, Set.of());
    assertThat(followers.scopes()).isEmpty();
    assertThat(followers.of(MAP)).isEmpty();
  }
}
