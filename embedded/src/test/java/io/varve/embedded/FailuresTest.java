package io.varve.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.CapacityException;
import io.varve.ConfigException;
import io.varve.ConnectionException;
import io.varve.DatabaseException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

class FailuresTest {

  @Test
  void aFullDiskIsTheOperatorsCapacity() {
    IOException cause = new FileSystemException("/d/f", null, "No space left on device");
    assertThat(Failures.of("directory /d cannot be used", cause))
        .isInstanceOf(CapacityException.class)
        .hasMessage("directory /d cannot be used: /d/f: No space left on device")
        .hasCause(cause);
  }

  @Test
  void aRefusedFileIsTheCallersConfiguration() {
    assertThat(Failures.of("directory /d cannot be used", new AccessDeniedException("/d/f")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("directory /d cannot be used: Permission denied: /d/f");
  }

  @Test
  void aFullDiskIsRecognisedInTheLastLines() {
    String output = "noise\n".repeat(100) + "PANIC:  Disk quota exceeded\n";
    assertThat(Failures.of("it failed", output))
        .isInstanceOf(CapacityException.class)
        .hasMessage("it failed: " + "noise\n".repeat(9) + "PANIC:  Disk quota exceeded");
  }

  @Test
  void anInterruptionIsNoFailureOfTheFile() {
    assertThat(Failures.of("file /d/f cannot be written", new ClosedByInterruptException()))
        .isInstanceOf(ConnectionException.class)
        .hasMessage("file /d/f cannot be written: interrupted");
  }

  @Test
  void anythingElseKeepsTheWordsOfTheProgram() {
    assertThat(Failures.of("initdb failed", "initdb: error: odd\n"))
        .isInstanceOf(DatabaseException.class)
        .hasMessage("initdb failed: initdb: error: odd");
  }

  @Test
  void noStatementIsQuotedBecauseItMayHoldAPassword() {
    String output =
        """
        running bootstrap script ... ok
        2026-11-20 23:39:06.251 UTC [1] FATAL:  could not write: No space left on device
        2026-11-20 23:39:06.251 UTC [1] STATEMENT:  ALTER USER u WITH
        \tPASSWORD E'secret'
        \tVALID;
        child process exited with exit code 1
        """;
    assertThat(Failures.of("initdb failed", output))
        .isInstanceOf(CapacityException.class)
        .hasMessage(
            "initdb failed: running bootstrap script ... ok\n"
                + "2026-11-20 23:39:06.251 UTC [1] FATAL:  could not write: No space left on device\n"
                + "child process exited with exit code 1");
  }

  @Test
  void silenceIsSaid() {
    assertThat(Failures.of("initdb failed", "\n"))
        .isInstanceOf(DatabaseException.class)
        .hasMessage("initdb failed: it said nothing");
  }
}
