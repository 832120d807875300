package dev.plinth.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/**
 * What tells, without reading it, that a file may have changed. Of a symbolic link it is the
 * target's.
 *
 * @param size in bytes
 * @param modified time of the last change of the content, as programs may set it
 * @param changed time of the last change of the file, as the system sets it; {@code modified} where
 *     there is none
 * @param identity inode and device; empty text where there are none
 * @param regular whether it is a file of the ordinary kind
 */
record FileStamp(long size, FileTime modified, FileTime changed, String identity, boolean regular) {

  /**
   * @throws IOException if there is no such file or it cannot be looked at
   */
  static FileStamp of(Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      Map<String, Object> all =
          Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,ino,dev,isRegularFile");
      return new FileStamp(
          (Long) all.get("size"),
          (FileTime) all.get("lastModifiedTime"),
          (FileTime) all.get("ctime"),
          all.get("dev") + ":" + all.get("ino"),
          (Boolean) all.get("isRegularFile"));
    }
    BasicFileAttributes basic = Files.readAttributes(file, BasicFileAttributes.class);
    return new FileStamp(
        basic.size(),
        basic.lastModifiedTime(),
        basic.lastModifiedTime(),
        String.valueOf(basic.fileKey()),
        basic.isRegularFile());
  }
}
