package dev.plinth.files;

import java.nio.file.Path;

/**
 * A user's manifest file that is there.
 *
 * @param path where it is below the manifests directory
 * @param location the same as an absolute path; symbolic links in it are not resolved
 * @param linked whether a directory on the way to it is a symbolic link: such a file is not ours to
 *     delete (K3s)
 * @param skipped whether a {@code .skip} file asks not to apply it
 * @param look grows whenever the file may have changed: a reader that has read it at this look need
 *     not read it again
 */
public record ManifestFile(
    ManifestPath path, Path location, boolean linked, boolean skipped, long look) {}
