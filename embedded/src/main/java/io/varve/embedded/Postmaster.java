package io.varve.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What {@code postmaster.pid} says about the server of a data directory.
 *
 * <p>The file outlives a server that was killed, and its process id may since have been given to
 * any other process. Only a process that runs {@code postgres} and works in the data directory is
 * taken for the server.
 *
 * @param startedAt seconds since 1970, by the clock of that time
 */
record Postmaster(long pid, long startedAt, int port, Status status) {

  enum Status {
    /** Starting, or recovering from a crash. */
    STARTING,
    READY,
    STOPPING
  }

  static final String FILE = "postmaster.pid";
  private static final int PID = 0;
  private static final int STARTED_AT = 2;
  private static final int PORT = 3;
  private static final int STATUS = 7;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
  private static final Path PROCESSES = Path.of("/proc");
  private static final Pattern PROGRAM = Pattern.compile("postgres( \\(deleted\\))?");

  /** The server that runs on that data directory. */
  static Optional<Postmaster> running(Path data) {
    return recorded(data).filter(each -> worksIn(each.pid, data));
  }

  /** What the file says, true or not; empty if there is none or it names no server. */
  static Optional<Postmaster> recorded(Path data) {
    try {
      return parse(Files.readAllLines(data.resolve(FILE), StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw Failures.of("%s cannot be read".formatted(data.resolve(FILE)), e);
    }
  }

  /** The server writes the file in several steps; what is not there yet, is starting. */
  private static Optional<Postmaster> parse(List<String> lines) {
    long pid = number(lines, PID);
    if (pid == 0) {
      return Optional.empty();
    }
    int port = Math.toIntExact(number(lines, PORT));
    return Optional.of(new Postmaster(pid, number(lines, STARTED_AT), port, status(lines)));
  }

  private static long number(List<String> lines, int line) {
    String text = lines.size() > line ? lines.get(line).strip() : "";
    return NUMBER.matcher(text).matches() ? Long.parseLong(text) : 0;
  }

  private static Status status(List<String> lines) {
    String status = lines.size() > STATUS ? lines.get(STATUS).strip() : "";
    return switch (status) {
      case "ready", "standby" -> Status.READY;
      case "stopping" -> Status.STOPPING;
      default -> Status.STARTING;
    };
  }

  /** Whether the other is another look at the same server. */
  boolean isSameServerAs(Postmaster other) {
    return pid == other.pid && startedAt == other.startedAt;
  }

  /**
   * Removes a file no server can start over: one that names a live process which is no server of
   * this directory, or nothing at all. Should a server still be there in spite of that, the shared
   * memory it holds, found by the directory's inode, keeps a second one from starting.
   */
  static void discardMistaken(Path data) {
    boolean deadOrOurs =
        recorded(data)
            .filter(each -> ProcessHandle.of(each.pid).isEmpty() || worksIn(each.pid, data))
            .isPresent();
    try {
      if (!deadOrOurs) {
        Files.deleteIfExists(data.resolve(FILE));
      }
    } catch (IOException e) {
      throw Failures.of("stale %s cannot be deleted".formatted(data.resolve(FILE)), e);
    }
  }

  /** Every process of PostgreSQL on that data directory, with or without a live postmaster. */
  static List<Long> processesOf(Path data) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> worksIn(pid, data))
        .toList();
  }

  private static boolean worksIn(long pid, Path data) {
    Path process = PROCESSES.resolve(Long.toString(pid));
    try {
      String program = Files.readSymbolicLink(process.resolve("exe")).getFileName().toString();
      return PROGRAM.matcher(program).matches() && Files.isSameFile(process.resolve("cwd"), data);
    } catch (IOException e) {
      // It has ended, or belongs to another user, as whom no server of ours runs.
      return false;
    }
  }
}
