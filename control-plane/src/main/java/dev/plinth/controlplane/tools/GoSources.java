package dev.plinth.controlplane.tools;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The content of a {@link GoModule}, as it is in this jar. */
final class GoSources {
  private final GoModule module;
  private final Map<String, byte[]> files;

  private GoSources(GoModule module, Map<String, byte[]> files) {
    this.module = module;
    this.files = files;
  }

  static GoSources of(GoModule module) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name : module.files()) {
      files.put(name, read("go/" + module.directory() + "/" + name));
    }
    return new GoSources(module, files);
  }

  private static byte[] read(String resource) {
    try (InputStream in = GoSources.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("The jar lacks its resource " + resource);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("Can not read the resource " + resource, e);
    }
  }

  GoModule module() {
    return module;
  }

  /** The version of what the module builds, without the leading {@code v}. */
  String version() {
    return versionOf(module.versionedBy());
  }

  /** The pinned version of a module that this one requires, without the leading {@code v}. */
  String versionOf(String required) {
    String goMod = new String(files.get("go.mod"), StandardCharsets.UTF_8);
    Matcher requirement =
        Pattern.compile("(?m)^(?:require|)\\s+" + Pattern.quote(required) + " v(\\S+)")
            .matcher(goMod);
    if (!requirement.find()) {
      throw new IllegalStateException(module.directory() + "/go.mod does not require " + required);
    }
    return requirement.group(1);
  }

  /**
   * A digest of all that decides what the build gives: 12 hexadecimal digits. Sources that differ
   * in anything share no binary.
   */
  String contentHash() {
    MessageDigest digest = sha256();
    update(digest, module.mainPackage().getBytes(StandardCharsets.UTF_8));
    update(digest, module.linkerFlags(version()).getBytes(StandardCharsets.UTF_8));
    files.forEach(
        (name, content) -> {
          update(digest, name.getBytes(StandardCharsets.UTF_8));
          update(digest, content);
        });
    return HexFormat.of().formatHex(digest.digest(), 0, 6);
  }

  private static void update(MessageDigest digest, byte[] part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, part.length));
    digest.update(part);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  void writeTo(Path directory) throws IOException {
    Files.createDirectories(directory);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(directory.resolve(file.getKey()), file.getValue());
    }
  }
}
