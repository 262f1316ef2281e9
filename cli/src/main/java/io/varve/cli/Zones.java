package io.varve.cli;

import io.varve.cli.shell.CommandException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Zones as users name them. */
final class Zones {

  private Zones() {}

  /** The zone of that name, or offset such as {@code +02:00}. */
  static ZoneId parse(String name) {
    if (name.equalsIgnoreCase("utc") || name.equalsIgnoreCase("z")) {
      return ZoneOffset.UTC;
    }
    try {
      return name.equals("local") ? ZoneId.systemDefault() : ZoneId.of(name);
    } catch (DateTimeException e) {
      throw CommandException.usage(
          "there is no zone \"" + name + "\"",
          "expected one such as UTC, Europe/Berlin or +02:00, or local");
    }
  }
}
