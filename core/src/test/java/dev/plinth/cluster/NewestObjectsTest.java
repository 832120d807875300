package dev.plinth.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NewestObjectsTest {

  private record Thing(String uid, String version) {}

  private final NewestObjects<Thing> things = new NewestObjects<>(Thing::uid, Thing::version);

  @Test
  void what_is_newer_replaces_what_is_known_and_what_is_older_does_not() {
    assertThat(things.put("x", new Thing("u", "9")).news()).isTrue();

    var newer = things.put("x", new Thing("u", "10"));
    assertThat(newer.news()).isTrue();
    assertThat(newer.before()).contains(new Thing("u", "9"));
    assertThat(things.put("x", new Thing("u", "9")).news()).isFalse();

    assertThat(things.find("x")).contains(new Thing("u", "10"));
    assertThat(things.all()).hasSize(1);
  }

  @Test
  void another_object_of_the_name_replaces_the_one_that_is_known_whatever_its_version() {
    things.put("x", new Thing("u", "10"));

    assertThat(things.put("x", new Thing("v", "3")).news()).isTrue();
    assertThat(things.remove("x", "u", "11")).isEmpty();

    assertThat(things.find("x")).contains(new Thing("v", "3"));
  }

  @Test
  void what_was_deleted_is_not_brought_back_by_an_answer_that_is_late() {
    things.put("x", new Thing("u", "10"));
    assertThat(things.remove("x", "u", "11")).contains(new Thing("u", "10"));

    assertThat(things.put("x", new Thing("u", "10")).news()).isFalse();
    assertThat(things.find("x")).isEmpty();
    assertThat(things.put("x", new Thing("u", "12")).news()).as("it got its label back").isTrue();
    assertThat(things.put("y", new Thing("v", "1")).news()).isTrue();
  }

  @Test
  void another_one_knows_what_went_if_it_inherits_that() {
    things.remove("x", "u", "11");
    NewestObjects<Thing> fresh = new NewestObjects<>(Thing::uid, Thing::version);
    fresh.inherit(things);

    assertThat(fresh.put("x", new Thing("u", "10")).news()).isFalse();
  }

  @Test
  void what_is_forgotten_may_come_back() {
    things.put("x", new Thing("u", "10"));
    things.forget("x", "other");
    assertThat(things.find("x")).isPresent();

    things.forget("x", "u");
    assertThat(things.find("x")).isEmpty();
    assertThat(things.put("x", new Thing("u", "10")).news()).isTrue();
  }

  @Test
  void the_same_version_is_no_news() {
    things.put("x", new Thing("u", "10"));

    assertThat(things.isNews("x", "u", "10")).isFalse();
    assertThat(things.isNews("x", "u", "11")).isTrue();
    assertThat(things.isNews("x", "v", "10")).isTrue();
    assertThat(things.isNews("y", "u", "10")).isTrue();
  }

  @Test
  void versions_are_compared_as_numbers_where_they_are() {
    assertThat(NewestObjects.isNewer("10", "9")).isTrue();
    assertThat(NewestObjects.isNewer("9", "10")).isFalse();
    assertThat(NewestObjects.isNewer("x", "9")).isFalse();
  }
}
