package io.varve.testkit;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Sees a client's COMMIT in what it sends: as a query of its own, or as a statement that is parsed,
 * bound and executed, where the text comes once and later only the statement's name. Not
 * thread-safe; one per connection.
 */
final class CommitWatch {

  private static final Pattern COMMIT = Pattern.compile("(?is)\\s*(commit|end)\\b.*");

  private final Set<String> statements = new HashSet<>();
  private final Set<String> portals = new HashSet<>();

  /** Whether the server commits when it gets this message. */
  boolean isCommit(Message message) {
    switch (message.type()) {
      case 'P' -> parse(message);
      case 'B' -> bind(message);
      case 'C' -> close(message);
      default -> {}
    }
    return message.isQuery() && COMMIT.matcher(message.text(0)).matches()
        || message.type() == 'E' && portals.contains(message.text(0));
  }

  private void parse(Message message) {
    String statement = message.text(0);
    note(statements, statement, COMMIT.matcher(message.text(statement.length() + 1)).matches());
  }

  private void bind(Message message) {
    String portal = message.text(0);
    note(portals, portal, statements.contains(message.text(portal.length() + 1)));
  }

  private void close(Message message) {
    note(message.body()[0] == 'S' ? statements : portals, message.text(1), false);
  }

  private static void note(Set<String> names, String name, boolean commits) {
    if (commits) {
      names.add(name);
    } else {
      names.remove(name);
    }
  }
}
