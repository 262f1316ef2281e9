package io.varve.embedded;

import io.varve.CapacityException;
import io.varve.ConfigException;
import io.varve.ConnectionException;
import io.varve.DatabaseException;
import io.varve.VarveException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds out from the words of the system or of PostgreSQL who has to act on a failure. */
final class Failures {

  private static final Pattern FULL =
      Pattern.compile(
          "No space left on device|Disk quota exceeded|Cannot allocate memory|Too many open files");
  private static final Pattern REFUSED =
      Pattern.compile("Permission denied|Read-only file system|Operation not permitted");

  private static final Pattern STATEMENT =
      Pattern.compile("^[^\n]*STATEMENT:[^\n]*\n?(\t[^\n]*\n?)*", Pattern.MULTILINE);
  private static final int LINES_QUOTED = 10;

  private Failures() {}

  /** The error for something that could not be done to a file. */
  static VarveException of(String what, IOException cause) {
    if (cause instanceof ClosedByInterruptException) {
      return new ConnectionException(what + ": interrupted", null, cause);
    }
    String reason =
        cause instanceof AccessDeniedException
            ? "Permission denied: " + cause.getMessage()
            : String.valueOf(cause.getMessage());
    return of(what, reason, cause);
  }

  /**
   * The error for a program of PostgreSQL that failed with that output. The last lines are quoted,
   * but no statement: one of {@code initdb} holds the password.
   */
  static VarveException of(String what, String output) {
    List<String> lines = STATEMENT.matcher(output).replaceAll("").strip().lines().toList();
    String words =
        String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_QUOTED), lines.size()));
    return of(what, words.isEmpty() ? "it said nothing" : words, null);
  }

  private static VarveException of(String what, String reason, @Nullable Throwable cause) {
    String message = what + ": " + reason;
    if (FULL.matcher(reason).find()) {
      return new CapacityException(message, null, cause);
    }
    if (REFUSED.matcher(reason).find()) {
      return new ConfigException(message, null, cause);
    }
    return new DatabaseException(message, null, cause);
  }
}
