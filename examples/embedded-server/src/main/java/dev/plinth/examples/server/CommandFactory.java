package dev.plinth.examples.server;

import picocli.CommandLine;

/** Makes the commands, handing the terminal to those that take one. */
record CommandFactory(Terminal terminal) implements CommandLine.IFactory {

  @Override
  public <K> K create(Class<K> type) throws Exception {
    try {
      return type.cast(type.getDeclaredConstructor(Terminal.class).newInstance(terminal));
    } catch (NoSuchMethodException e) {
      return CommandLine.defaultFactory().create(type);
    }
  }
}
