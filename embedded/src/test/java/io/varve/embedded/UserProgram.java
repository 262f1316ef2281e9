package io.varve.embedded;

import io.varve.EmbeddedProvider;
import io.varve.VarveException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the child processes of tests run: {@code join DIRECTORY} uses a server until a line {@code
 * close} or {@code exit} is read, {@code lock FILE} holds a lock until it is killed.
 */
final class UserProgram {

  static final String JOINED = "joined ";
  static final String LOCKED = "locked";

  private UserProgram() {}

  public static void main(String[] arguments) throws IOException {
    Path path = Path.of(arguments[1]);
    switch (arguments[0]) {
      case "join" -> join(path);
      case "lock" -> lock(path);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void join(Path directory) throws IOException {
    EmbeddedProvider.Server server;
    try {
      server = new EmbeddedPostgres().start(directory);
    } catch (VarveException e) {
      System.out.println(e);
      return;
    }
    System.out.println(JOINED + server.url());
    if (readLine().equals("close")) {
      server.close();
    }
  }

  private static void lock(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.lock();
      System.out.println(LOCKED);
      readLine();
    }
  }

  private static String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = System.in.read(); c != '\n' && c >= 0; c = System.in.read()) {
      line.append((char) c);
    }
    return line.toString();
  }
}
