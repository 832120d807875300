package dev.plinth.helm.controller;

import static com.google.common.collect.Maps.filterKeys;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.plinth.helm.controller.Reference.Keys;
import java.util.Map;
import java.util.TreeMap;

/** What there is of a referenced object. No {@code toString} has anything of it. */
sealed interface ReferencedContent {

  /** Tells contents apart without holding them. */
  HashCode digest(Keys keys);

  /**
   * The object is there.
   *
   * @param data its content by key; of the keys that somebody wants
   */
  record Found(Map<String, byte[]> data) implements ReferencedContent {
    public Found {
      data = Map.copyOf(data);
    }

    @Override
    public HashCode digest(Keys keys) {
      Hasher hasher = Hashing.sha256().newHasher();
      new TreeMap<>(filterKeys(data, keys::contain))
          .forEach(
              (key, value) -> {
                byte[] name = key.getBytes(UTF_8);
                hasher.putInt(name.length).putBytes(name).putInt(value.length).putBytes(value);
              });
      return hasher.hash();
    }

    @Override
    public String toString() {
      return "Found[" + data.size() + " keys]";
    }
  }

  /** There is no such object. */
  record Absent() implements ReferencedContent {
    @Override
    public HashCode digest(Keys keys) {
      return HashCode.fromInt(0);
    }
  }

  /**
   * It can not be said whether there is one.
   *
   * @param message why
   */
  record Unreadable(String message) implements ReferencedContent {
    public Unreadable {
      requireNonNull(message, "message");
    }

    @Override
    public HashCode digest(Keys keys) {
      return HashCode.fromInt(1);
    }
  }
}
