package dev.plinth.examples.server;

/** How a {@link ServerReport} is written to standard output. */
enum OutputFormat {
  /** For people. */
  TABLE {
    @Override
    String render(ServerReport report) {
      return ReportTable.render(report);
    }

    @Override
    String renderFiles(ServerReport report) {
      return ReportTable.renderFiles(report);
    }
  },
  /** For programs: one JSON object. */
  JSON {
    @Override
    String render(ServerReport report) {
      return ReportJson.render(report);
    }

    @Override
    String renderFiles(ServerReport report) {
      return ReportJson.renderFiles(report);
    }
  };

  /** The whole document, ending in a line break. */
  abstract String render(ServerReport report);

  /** The same of the users' files alone. */
  abstract String renderFiles(ServerReport report);
}
