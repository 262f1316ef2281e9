package io.varve.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostmasterTest {

  private static final long SELF = ProcessHandle.current().pid();

  @TempDir Path data;

  private Path file = Path.of("");

  @BeforeEach
  void nameFile() {
    file = data.resolve("postmaster.pid");
  }

  @Test
  void nothingIsRecordedWithoutAFile() {
    assertThat(Postmaster.recorded(data)).isEmpty();
    assertThat(Postmaster.running(data)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'ready   ', READY",
    "'standby ', READY",
    "starting, STARTING",
    "stopping, STOPPING",
    "'', STARTING"
  })
  void statusIsRead(String text, Postmaster.Status status) throws IOException {
    write(11357, 5610, text);
    assertThat(Postmaster.recorded(data))
        .contains(new Postmaster(11357, 1_795_215_960, 5610, status));
  }

  @Test
  void aFileBeingWrittenIsOfAServerThatStarts() throws IOException {
    Files.writeString(file, "11357\n/data\n");
    assertThat(Postmaster.recorded(data))
        .contains(new Postmaster(11357, 0, 0, Postmaster.Status.STARTING));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "-11357\n/data\n", "\0\0\0\0", "99999999999999999999\n"})
  void aFileThatNamesNoServerRecordsNone(String content) throws IOException {
    Files.writeString(file, content);
    assertThat(Postmaster.recorded(data)).isEmpty();
    Postmaster.discardMistaken(data);
    assertThat(file).doesNotExist();
  }

  @Test
  void aLiveProcessThatIsNoServerIsDiscarded() throws IOException {
    write(SELF, 5610, "ready");
    assertThat(Postmaster.running(data)).isEmpty();
    Postmaster.discardMistaken(data);
    assertThat(file).doesNotExist();
  }

  @Test
  void aDeadProcessIsLeftToTheServerWhichLooksForItsSharedMemory() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    write(dead.pid(), 5610, "ready");
    assertThat(Postmaster.running(data)).isEmpty();
    Postmaster.discardMistaken(data);
    assertThat(file).exists();
  }

  private void write(long pid, int port, String status) throws IOException {
    String content = "%d\n/data\n1795215960\n%d\n\n127.0.0.1\n 2221805 32773\n%s\n";
    Files.writeString(file, content.formatted(pid, port, status));
  }
}
