package dev.plinth.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFilesTest {

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("config.yaml");
  }

  @Test
  void dropInsReplaceAndAppendAsInK3s() throws IOException {
    write(
        "config.yaml",
        """
        foo-bar: baz
        alice: bob
        a-slice:
        - 1
        - "2"
        - ""
        - three
        isempty:
        c: b
        isfalse: false
        islast: true
        """);
    write(
        "config.yaml.d/01-data.yml",
        """
        foo-bar: get-overriden
        a-slice: [1, "1.5", "2", "", three]
        b-string: one
        c-slice: [one, two]
        d-slice: [one, two]
        f-string: beta
        """);
    write(
        "config.yaml.d/02-data.YAML",
        """
        foo-bar: bar-foo
        b-string+: two
        c-slice+: [three]
        d-slice: [three, four]
        e-slice+: [one, two]
        """);
    write("config.yaml.d/03-data.txt", "foo-bar: not-read");
    write("config.yaml.d/04-directory.yaml/data.yaml", "foo-bar: not-read");

    assertThat(read())
        .containsExactly(
            "foo-bar=bar-foo",
            "alice=bob",
            "a-slice=1",
            "a-slice=1.5",
            "a-slice=2",
            "a-slice=",
            "a-slice=three",
            "isempty=",
            "c=b",
            "isfalse=false",
            "islast=true",
            "b-string=one",
            "b-string=two",
            "c-slice=one",
            "c-slice=two",
            "c-slice=three",
            "d-slice=three",
            "d-slice=four",
            "f-string=beta",
            "e-slice=one",
            "e-slice=two");
  }

  @ParameterizedTest
  @CsvSource({
    "1.50, 1.50",
    "0644, 0644",
    "1e3, 1e3",
    "0x1F, 0x1F",
    "True, true",
    "FALSE, false",
    "~, ''",
    "null, ''",
    "'''''', ''",
    "'\"null\"', null",
    "'\"True\"', True",
    "yes, yes",
    "2026-01-01, 2026-01-01",
  })
  void scalarsBecomeTexts(String written, String text) throws IOException {
    write("config.yaml", "key: " + written);

    assertThat(read()).containsExactly("key=" + text);
  }

  @Test
  void dropInsAloneAreEnough() throws IOException {
    write("config.yaml.d/b.yaml", "key: second");
    write("config.yaml.d/a.yaml", "key: first");

    assertThat(read()).containsExactly("key=second");
    assertThat(ConfigFiles.exist(file)).isTrue();
  }

  @Test
  void aMissingFileIsEmpty() {
    assertThat(read()).isEmpty();
    assertThat(ConfigFiles.exist(file)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"''", "'# nothing'", "'---'", "'~'"})
  void aFileWithoutKeysIsEmpty(String content) throws IOException {
    write("config.yaml", content);

    assertThat(read()).isEmpty();
  }

  @Test
  void sectionsOfAddonsAreMergedKeyByKey() throws IOException {
    write(
        "config.yaml",
        """
        addons:
          local-storage: {path: /a, images: [x]}
          traefik:
        """);
    write(
        "config.yaml.d/1.yaml",
        """
        addons+:
          local-storage:
            path: /b
            images+: y
        """);

    assertThat(read())
        .containsExactly(
            "addons.local-storage.path=/b",
            "addons.local-storage.images=x",
            "addons.local-storage.images=y");
  }

  @Test
  void aByteOrderMarkIsNoContent() throws IOException {
    write("config.yaml", "\uFEFFkey: value");

    assertThat(read()).containsExactly("key=value");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'a: 1\n"
            + "b: [x'                | :2:6: no valid YAML: expected ',' or ']', but got <stream"
            + " end>",
        "'a: b: c'                    | :1:5: no valid YAML: mapping values are not allowed here",
        "'a: 1\n---\nb: 2'            | :2:1: no valid YAML: but found another document",
        "'a: *nowhere'                | :1:4: no valid YAML: found undefined alias nowhere",
        "'just text'                  | :1:1: the file: found a single value, expected keys with"
            + " values",
        "'- a'                        | :1:1: the file: found a list, expected keys with values",
        "'[a]: b'                     | :1:1: found a list or mapping as key, expected a name",
        "'a: 1\nb: 2\na: 3'           | :3:1: key 'a' is there already, at %s:1:1",
        "'addons: x'                  | :1:9: key 'addons': found a single value, expected keys"
            + " with values",
        "'addons: {a: [x]}'           | :1:13: key 'addons.a': found a list, expected keys with"
            + " values",
        "'a: 1\n"
            + "b: {x: y}'            | :2:4: key 'b': found a mapping, expected a value or a list"
            + " of values",
        "'a: [b, [c]]'                | :1:8: key 'a': found a list in a list, expected a value or"
            + " a list of values",
        "'addons: {a: {b: {c: d}}}'   | :1:17: key 'addons.a.b': found a mapping, expected a value"
            + " or a list of values",
      })
  void whatIsWrongIsToldWithFileLineAndColumn(String content, String problem) throws IOException {
    write("config.yaml", content);

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(this::read)
        .withMessage(file + problem.replace("%s", file.toString()))
        .withNoCause();
  }

  @Test
  void bytesThatAreNoTextAreToldWithTheFile() throws IOException {
    Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xff, (byte) 0xfe, '\n'});

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(this::read)
        .withMessageStartingWith(file + ": ");
  }

  @Test
  void contentNestedWithoutEndIsToldWithTheFile() throws IOException {
    write("config.yaml", "a: " + "[".repeat(100_000));

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(this::read)
        .withMessage(file + ":1:53: nested too deeply, expected at most 50 levels");
  }

  @Test
  void aKeyThatRefersToItselfIsToldWithItsPlace() throws IOException {
    write("config.yaml", "a: &a [*a]");

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(this::read)
        .withMessageStartingWith(file + ":1:4: key 'a': found a list in a list");
  }

  @Test
  void aFileThatPointsNowhereIsMissing() throws IOException {
    Files.createSymbolicLink(file, directory.resolve("nowhere"));

    assertThat(read()).isEmpty();
  }

  @Test
  void aDirectoryInPlaceOfTheFileIsToldWithItsPath() throws IOException {
    Files.createDirectory(file);

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(this::read)
        .withMessageStartingWith(file + ": cannot be read: ");
  }

  private List<String> read() {
    List<String> texts = new ArrayList<>();
    for (ConfigEntry entry : ConfigFiles.read(file).entries()) {
      entry.settings().forEach(it -> texts.add(entry.fullKey() + "=" + it.text()));
    }
    return texts;
  }

  private void write(String name, String content) throws IOException {
    Path target = directory.resolve(name);
    Files.createDirectories(target.getParent());
    Files.writeString(target, content, StandardCharsets.UTF_8);
  }
}
