package io.varve.embedded;

import io.varve.VarveException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One attempt to start a postmaster. {@code pg_ctl} detaches it and reports its failure; its
 * success is read from {@code postmaster.pid}, which is sooner.
 */
final class Launch {

  private static final Duration FOR_LAST_WORDS = Duration.ofSeconds(1);

  private final Path data;
  private final Optional<Postmaster> before;
  private final ServerLog log;
  private final Process control;

  private Launch(Path data, Optional<Postmaster> before, ServerLog log, Process control) {
    this.data = data;
    this.before = before;
    this.log = log;
    this.control = control;
  }

  static Launch begin(Programs programs, Path data, Path log, int port, Duration patience) {
    Optional<Postmaster> before = Postmaster.recorded(data);
    ServerLog words = ServerLog.fromNow(log, data);
    Process control =
        programs.start(
            "pg_ctl",
            List.of(
                "start",
                "--silent",
                "--wait",
                "--timeout=" + Math.max(1, patience.toSeconds()),
                "--pgdata=" + data,
                "--log=" + log,
                "--options=-p %s -c listen_addresses=%s -c unix_socket_directories="
                    .formatted(port, Ports.LOOPBACK)));
    return new Launch(data, before, words, control);
  }

  boolean isUndecided() {
    return !isReady() && control.isAlive();
  }

  /** A file left by a server that was killed says ready, too. */
  boolean isReady() {
    return Postmaster.running(data)
        .filter(each -> each.status() == Postmaster.Status.READY)
        .filter(each -> before.filter(each::isSameServerAs).isEmpty())
        .isPresent();
  }

  /**
   * Ends {@code pg_ctl}: for the moment it goes on waiting, it would pass on a Ctrl-C in the
   * terminal to a server that others may use by then.
   */
  void letGo() {
    control.destroyForcibly();
  }

  /** What the server said; it may still be on its way through the logging collector. */
  VarveException failure() {
    String said = Programs.outputOf(control);
    Deadline deadline = Deadline.after(FOR_LAST_WORDS);
    String words = log.text();
    while (!words.contains("FATAL") && !words.contains("PANIC") && !deadline.isOver()) {
      deadline.pause();
      words = log.text();
    }
    return Failures.of("the server on %s did not start".formatted(data), said + words);
  }
}
