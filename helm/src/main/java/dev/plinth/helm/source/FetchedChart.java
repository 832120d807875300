package dev.plinth.helm.source;

import dev.plinth.helm.chart.ChartArchive;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A chart that is on this host.
 *
 * @param file the archive; it stays as it is
 * @param digest SHA-256 of the archive, in hexadecimal digits
 * @param chart what is in it
 * @param origin where it is from, without credentials
 * @param outdated why it is the last one that was fetched, and not what the source has now; empty
 *     if it is that
 */
public record FetchedChart(
    Path file, String digest, ChartArchive chart, String origin, Optional<String> outdated) {}
