/**
 * Users' files in the manifests directory, as the file system shows them: which ones count, what
 * changes, when a file may be read, and when one that vanished is gone for good. Knows nothing of a
 * cluster.
 */
package dev.plinth.files;
