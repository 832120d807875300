package dev.plinth.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What Plinth has staged, as {@code .staged.json} keeps it.
 *
 * @param version of this format
 * @param files by path below the manifests directory
 * @param directories made for them, by path below the manifests directory
 */
record StagingRecord(int version, TreeMap<String, Entry> files, TreeSet<String> directories) {

  private static final int VERSION = 1;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  static StagingRecord empty() {
    return new StagingRecord(VERSION, new TreeMap<>(), new TreeSet<>());
  }

  /**
   * @return the record; empty if it is damaged or of a version to come
   */
  static Optional<StagingRecord> parse(byte[] json) {
    try {
      StagingRecord read = JSON.readValue(json, StagingRecord.class);
      boolean isComplete =
          read != null
              && read.version == VERSION
              && read.files != null
              && read.directories != null
              && read.files.values().stream().allMatch(Entry::isComplete);
      return isComplete ? Optional.of(read) : Optional.empty();
    } catch (IOException e) {
      // What is wrong with it does not matter: nothing in it can be relied on.
      return Optional.empty();
    }
  }

  byte[] toJson() {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of strings is JSON", e);
    }
  }

  /**
   * One staged file.
   *
   * @param addon the add-on that ships it
   * @param sha256 of what was staged; null before the first time
   * @param next of what is about to be staged; null if nothing is. A file with this content is
   *     Plinth's own, left by a process that ended between two steps.
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Entry(String addon, String sha256, String next) {

    boolean isOurs(String hash) {
      return hash.equals(sha256) || hash.equals(next);
    }

    private boolean isComplete() {
      return addon != null && (sha256 != null || next != null);
    }
  }
}
