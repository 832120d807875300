package dev.plinth.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ManifestParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObjectClaimsTest {

  private static final Membership A = new Membership("kube-system", "a", Optional.empty());
  private static final Membership B = new Membership("kube-system", "b", Optional.empty());
  private static final Membership SHIPPED = new Membership("kube-system", "z", Optional.of("z"));
  private static final String X = "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}}\n";
  private static final String Y = "{apiVersion: v1, kind: ConfigMap, metadata: {name: other}}\n";
  private static final String NOBODY = "";

  private final List<String> concerned = new ArrayList<>();
  private final ObjectClaims claims = new ObjectClaims(concerned::add);

  @BeforeEach
  void complete() {
    claims.complete();
  }

  @Test
  void what_one_manifest_declares_is_its_own() {
    claims.declare(A, parse("a.yaml", X));

    assertThat(refusal("a.yaml", A, NOBODY)).isEmpty();
    assertThat(claims.contested(A)).isEmpty();
    assertThat(concerned).isEmpty();
  }

  @Test
  void of_new_ones_the_first_by_path_has_it_and_both_are_named_with_their_lines() {
    claims.declare(B, parse("b.yaml", Y + "---\n" + X));
    claims.declare(A, parse("a.yaml", X));

    assertThat(refusal("a.yaml", A, NOBODY)).isEmpty();
    assertThat(refusal("b.yaml", B, NOBODY))
        .contains("declared at a.yaml:1 and by b.yaml:3; a.yaml keeps it");
    assertThat(claims.contested(A))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.object()).hasToString("ConfigMap default/x");
              assertThat(it.message())
                  .isEqualTo("declared at a.yaml:1 and by b.yaml:3; a.yaml keeps it");
            });
    assertThat(claims.contested(B)).isEmpty();
    assertThat(concerned).containsExactly(B.applySetId());
  }

  @Test
  void a_packaged_manifest_comes_before_users_files() {
    claims.declare(A, parse("a.yaml", X));
    claims.declare(SHIPPED, parse("z.yaml", X));

    assertThat(refusal("a.yaml", A, NOBODY)).isPresent();
    assertThat(refusal("z.yaml", SHIPPED, NOBODY)).isEmpty();
  }

  @Test
  void whoever_has_it_in_the_cluster_keeps_it_whatever_the_order() {
    claims.declare(A, parse("a.yaml", X));
    claims.declare(B, parse("b.yaml", X));

    assertThat(refusal("a.yaml", A, B.applySetId())).isPresent();
    assertThat(refusal("b.yaml", B, B.applySetId())).isEmpty();
  }

  @Test
  void whoever_was_given_it_keeps_it_while_the_cluster_does_not_show_it_yet() {
    claims.declare(B, parse("b.yaml", X));
    assertThat(refusal("b.yaml", B, NOBODY)).isEmpty();

    claims.declare(A, parse("a.yaml", X));

    assertThat(refusal("a.yaml", A, NOBODY)).isPresent();
  }

  @Test
  void the_next_one_is_told_when_it_is_free_and_has_it_then() {
    claims.declare(A, parse("a.yaml", X));
    claims.declare(B, parse("b.yaml", X));
    refusal("b.yaml", B, NOBODY);
    concerned.clear();

    claims.declare(A, parse("a.yaml", Y));

    assertThat(concerned).containsExactly(B.applySetId());
    assertThat(refusal("b.yaml", B, A.applySetId())).isEmpty();
  }

  @Test
  void what_is_left_out_is_kept_until_it_is_certain_that_it_is_not_wanted() {
    claims.declare(A, parse("a.yaml", X));
    claims.declare(B, parse("b.yaml", X));
    refusal("b.yaml", B, NOBODY);

    claims.claim(A, parse("a.yaml", Y));

    assertThat(refusal("b.yaml", B, A.applySetId())).isPresent();

    claims.settle(A);

    assertThat(refusal("b.yaml", B, A.applySetId())).isEmpty();
  }

  @Test
  void whoever_has_it_is_told_when_another_one_does_not_want_it_any_more() {
    claims.declare(A, parse("a.yaml", X));
    claims.declare(B, parse("b.yaml", X));
    refusal("b.yaml", B, NOBODY);
    concerned.clear();

    claims.withdraw(B);

    assertThat(concerned).containsExactly(A.applySetId());
    assertThat(claims.contested(A)).isEmpty();
  }

  @Test
  void the_same_declarations_again_concern_nobody() {
    claims.declare(A, parse("a.yaml", X));
    claims.declare(B, parse("b.yaml", X));
    concerned.clear();

    claims.declare(A, parse("a.yaml", X));

    assertThat(concerned).isEmpty();
  }

  @Test
  void a_file_that_is_moved_within_keeps_it() {
    claims.declare(B, parse("b.yaml", X));
    refusal("b.yaml", B, NOBODY);
    claims.declare(A, parse("a.yaml", X));

    claims.declare(B, parse("b.yaml", "# a line more\n" + X));

    assertThat(refusal("a.yaml", A, NOBODY))
        .contains("declared at b.yaml:2 and by a.yaml:1; b.yaml keeps it");
  }

  @Test
  void a_manifest_that_cannot_be_read_keeps_what_it_has_until_it_says_otherwise() {
    claims.unreadable(A, "a.yaml");
    claims.declare(B, parse("b.yaml", X));

    assertThat(refusal("b.yaml", B, A.applySetId()))
        .contains("declared at a.yaml and by b.yaml:1; a.yaml keeps it");

    claims.declare(A, parse("a.yaml", Y));

    assertThat(concerned).contains(B.applySetId());
    assertThat(refusal("b.yaml", B, A.applySetId())).isEmpty();
  }

  @Test
  void a_manifest_that_cannot_be_read_any_more_goes_on_declaring_what_it_did() {
    claims.declare(A, parse("a.yaml", X));
    claims.unreadable(A, "a.yaml");
    claims.declare(B, parse("b.yaml", X));

    assertThat(refusal("b.yaml", B, NOBODY)).isPresent();
  }

  @Test
  void whoever_asks_too_early_is_told_when_everything_is_known() {
    ObjectClaims fresh = new ObjectClaims(concerned::add);

    assertThat(fresh.isComplete(A)).isFalse();
    fresh.complete();

    assertThat(concerned).containsExactly(A.applySetId());
    assertThat(fresh.isComplete(A)).isTrue();
  }

  @Test
  void an_object_is_the_same_in_all_versions_of_its_group() {
    claims.declare(A, parse("a.yaml", X));
    claims.declare(
        B,
        parse("b.yaml", X.replace("v1", "v2").replace("name: x", "name: x, namespace: default")));

    assertThat(refusal("b.yaml", B, NOBODY)).isPresent();
  }

  private Optional<String> refusal(String file, Membership membership, String liveSet) {
    DesiredObject desired =
        DesiredObject.of(parse(file, X).get(0), Declared.CONFIG_MAP, membership);
    return claims.refusal(desired, membership, liveSet);
  }

  private static List<ManifestDocument> parse(String file, String content) {
    return new ManifestParser().parse(file, content);
  }
}
