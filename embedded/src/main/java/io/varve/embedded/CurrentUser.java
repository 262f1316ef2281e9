package io.varve.embedded;

import io.varve.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The user this process runs as. */
final class CurrentUser {

  private static final Path SELF = Path.of("/proc/self");
  private static final String UID = "unix:uid";

  private CurrentUser() {}

  static boolean isRoot() {
    try {
      return Files.getAttribute(SELF, UID).equals(0);
    } catch (IOException e) {
      throw Failures.of("the user of this process cannot be found in " + SELF, e);
    }
  }

  /** Refuses a directory of somebody else, in which files made by us would lock its owner out. */
  static void requireOwnerOf(Path directory) throws IOException {
    if (!Files.getAttribute(directory, UID).equals(Files.getAttribute(SELF, UID))) {
      throw new ConfigException(
          "directory %s belongs to the user %s: expected one of the current user, %s"
              .formatted(directory, Files.getOwner(directory), Files.getOwner(SELF)));
    }
  }
}
