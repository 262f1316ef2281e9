package io.varve.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.CapacityException;
import io.varve.ClosedException;
import io.varve.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SpoolLogTest {

  private static final long MEGABYTE = 1L << 20;
  private static final String TABLE = "ticks (time timestamptz)";
  private static final Instant START = Instant.parse("2024-01-01T00:00:00.000001Z");

  @TempDir private Path home;

  private Path directory() {
    return home.resolve("spool");
  }

  private SpoolLog open() {
    return SpoolLog.open(directory(), MEGABYTE, TABLE);
  }

  /** A crash leaves no mark of what was replayed. */
  private SpoolLog openAfterCrash() throws IOException {
    Files.deleteIfExists(directory().resolve("replayed"));
    return open();
  }

  private static SpoolBatch batch(int number, int bytes) {
    byte[] body = new byte[bytes];
    new Random(number).nextBytes(body);
    return new SpoolBatch("b/" + number, START.plusSeconds(number), number + 1, body);
  }

  /** Replays all, and gives the names. */
  private static List<String> drain(SpoolLog log) {
    List<String> names = new ArrayList<>();
    while (log.head().isPresent()) {
      SpoolBatch head = log.head().get();
      int number = Integer.parseInt(head.id().substring(2));
      SpoolBatch expected = batch(number, head.body().length);
      assertThat(head.body()).isEqualTo(expected.body());
      assertThat(head.rows()).isEqualTo(expected.rows());
      assertThat(head.spooledAt()).isEqualTo(expected.spooledAt());
      names.add(head.id());
      log.pass();
    }
    return names;
  }

  private List<Path> files(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(directory())) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  private void append(int... numbers) {
    try (SpoolLog log = open()) {
      Arrays.stream(numbers).forEach(number -> log.append(batch(number, 40)));
    }
  }

  @Test
  void whatIsAppendedComesBackInOrderAfterOpeningAgain() throws IOException {
    append(0, 1, 2);
    append(3);
    try (SpoolLog log = open()) {
      assertThat(log.state().batches()).isEqualTo(4);
      assertThat(log.state().rows()).isEqualTo(1 + 2 + 3 + 4);
      assertThat(log.state().oldest()).contains(START);
      log.append(batch(4, 40));
      assertThat(drain(log)).containsExactly("b/0", "b/1", "b/2", "b/3", "b/4");
      assertThat(log.state().oldest()).isEmpty();
      assertThat(log.removeReplayed()).containsExactly("b/0", "b/1", "b/2", "b/3", "b/4");
      assertThat(log.state().bytes()).isZero();
      assertThat(files(".spool")).isEmpty();
      log.append(batch(5, 40));
      assertThat(drain(log)).containsExactly("b/5");
    }
  }

  @Test
  void afterACrashASegmentThatIsPartlyReplayedComesAgainAsAWhole() throws IOException {
    append(0, 1);
    try (SpoolLog log = openAfterCrash()) {
      assertThat(log.head()).hasValueSatisfying(head -> assertThat(head.id()).isEqualTo("b/0"));
      log.pass();
      assertThat(log.removeReplayed()).isEmpty();
    }
    try (SpoolLog log = openAfterCrash()) {
      assertThat(drain(log)).containsExactly("b/0", "b/1");
    }
  }

  @Test
  void segmentsAreBegunAndDeletedOneByOne() throws IOException {
    try (SpoolLog log = open()) {
      IntStream.range(0, 20).forEach(number -> log.append(batch(number, 40_000)));
      assertThat(files(".spool")).hasSize(7);
      long full = log.state().bytes();
      for (int i = 0; i < 4; i++) {
        log.head();
        log.pass();
      }
      assertThat(log.removeReplayed()).containsExactly("b/0", "b/1", "b/2");
      assertThat(files(".spool")).hasSize(6);
      assertThat(log.state().bytes()).isLessThan(full);
      assertThat(drain(log)).hasSize(16);
    }
  }

  @Test
  void itTakesNoMoreThanItMay() throws IOException {
    try (SpoolLog log = open()) {
      assertThatThrownBy(
              () -> IntStream.range(0, 30).forEach(number -> log.append(batch(number, 60_000))))
          .isInstanceOf(CapacityException.class)
          .hasMessageContaining("is full")
          .hasMessageContaining("expected at most 1048576");
      long size = 0;
      for (Path file : files(".spool")) {
        size += Files.size(file);
      }
      assertThat(size).isEqualTo(log.state().bytes()).isBetween(900_000L, MEGABYTE);
      log.head();
      log.pass();
      log.head();
      log.pass();
      log.removeReplayed();
      log.append(batch(40, 60_000));
    }
  }

  @Test
  void whatWasReplayedBeforeTheCloseDoesNotComeAgain() throws IOException {
    append(0, 1, 2);
    try (SpoolLog log = open()) {
      for (int i = 0; i < 2; i++) {
        log.head();
        log.pass();
      }
      assertThat(log.removeReplayed()).isEmpty();
    }
    byte[] mark = Files.readAllBytes(directory().resolve("replayed"));
    for (int i = 0; i < 2; i++) {
      try (SpoolLog log = open()) {
        assertThat(log.state().batches()).isEqualTo(1);
        assertThat(log.state().rows()).isEqualTo(batch(2, 40).rows());
        assertThat(log.state().oldest()).hasValue(batch(2, 40).spooledAt());
        assertThat(log.head().orElseThrow().id()).isEqualTo("b/2");
      }
    }
    try (SpoolLog log = open()) {
      assertThat(drain(log)).containsExactly("b/2");
      assertThat(log.removeReplayed()).containsExactly("b/0", "b/1", "b/2");
    }
    assertThat(directory().resolve("replayed")).doesNotExist();

    append(3, 4, 5);
    Files.write(directory().resolve("replayed"), mark);
    try (SpoolLog log = open()) {
      assertThat(drain(log)).as("a mark of another file").containsExactly("b/3", "b/4", "b/5");
    }
  }

  @Test
  void aMarkThatCannotBeReadCountsForNothing() throws IOException {
    append(0, 1);
    Files.writeString(directory().resolve("replayed"), "1 x");
    try (SpoolLog log = open()) {
      assertThat(drain(log)).containsExactly("b/0", "b/1");
    }
  }

  @Test
  void aTornTailOfAnyLengthIsCutAndReported() throws IOException {
    append(0, 1, 2);
    Path file = files(".spool").get(0);
    byte[] whole = Files.readAllBytes(file);
    int record = (int) SegmentFormat.lengthOf(batch(2, 40));
    for (int kept = 0; kept < record; kept++) {
      Files.write(file, Arrays.copyOf(whole, whole.length - record + kept));
      assertCutTo("b/0", "b/1", kept);
    }
  }

  private void assertCutTo(String first, String second, int cut) throws IOException {
    try (SpoolLog log = openAfterCrash()) {
      assertThat(log.state().bytesCut()).isEqualTo(cut);
      assertThat(log.state().damaged()).isEmpty();
      assertThat(drain(log)).containsExactly(first, second);
    }
    try (SpoolLog log = openAfterCrash()) {
      assertThat(log.state().bytesCut()).isZero();
    }
  }

  @Test
  void aZeroedTailIsCut() throws IOException {
    append(0, 1, 2);
    Path file = files(".spool").get(0);
    byte[] whole = Files.readAllBytes(file);
    int record = (int) SegmentFormat.lengthOf(batch(2, 40));
    for (int kept = 0; kept < record; kept++) {
      byte[] zeroed = Arrays.copyOf(whole, whole.length);
      Arrays.fill(zeroed, whole.length - record + kept, whole.length, (byte) 0);
      Files.write(file, zeroed);
      if (!Arrays.equals(zeroed, whole)) {
        assertCutTo("b/0", "b/1", record);
      }
    }
  }

  @Test
  void aSegmentWhoseHeaderIsIncompleteHoldsNothing() throws IOException {
    append(0);
    append(1);
    Path file = files(".spool").get(1);
    byte[] header = new SegmentFormat(TABLE, 2).header();
    for (int kept = 0; kept < header.length; kept++) {
      Files.write(file, Arrays.copyOf(header, kept));
      try (SpoolLog log = openAfterCrash()) {
        assertThat(log.state().bytesCut()).isEqualTo(kept);
        assertThat(drain(log)).containsExactly("b/0");
      }
    }
  }

  @Test
  void afterABitFlipWhatIsReadableIsReplayedAndTheFileIsKept() throws IOException {
    append(0, 1, 2);
    append(3);
    Path file = files(".spool").get(0);
    byte[] whole = Files.readAllBytes(file);
    int header = new SegmentFormat(TABLE, 1).headerLength();
    int record = (int) SegmentFormat.lengthOf(batch(0, 40));
    for (int position = 0; position < whole.length; position++) {
      byte[] flipped = whole.clone();
      flipped[position] ^= (byte) (1 << position % 8);
      Files.write(file, flipped);
      List<String> expected = new ArrayList<>(List.of("b/0", "b/1", "b/2", "b/3"));
      if (position >= header) {
        expected.remove((position - header) / record);
      }
      Path aside = directory().toRealPath().resolve("00000001.damaged");
      try (SpoolLog log = openAfterCrash()) {
        assertThat(log.state().damaged()).containsExactly(aside);
        assertThat(Files.readAllBytes(aside)).isEqualTo(flipped);
        assertThat(drain(log)).isEqualTo(expected);
      }
      try (SpoolLog log = openAfterCrash()) {
        assertThat(log.state().damaged()).containsExactly(aside);
        assertThat(drain(log)).isEqualTo(expected);
      }
      Files.delete(aside);
    }
  }

  @Test
  void aFlipBeforeTheLastBatchOfTheLastSegmentIsNoTornTail() throws IOException {
    append(0, 1);
    Path file = files(".spool").get(0);
    byte[] bytes = Files.readAllBytes(file);
    bytes[new SegmentFormat(TABLE, 1).headerLength() + 30] ^= 4;
    Files.write(file, bytes);
    try (SpoolLog log = open()) {
      assertThat(log.state().bytesCut()).isZero();
      assertThat(log.state().damaged()).hasSize(1);
      assertThat(drain(log)).containsExactly("b/1");
      assertThat(log.removeReplayed()).containsExactly("b/1");
    }
    append(2);
    assertThat(files(".damaged")).hasSize(1);
    assertThat(files(".spool")).hasSize(1).doesNotContain(file);
  }

  @Test
  void aRecordInsideABatchIsNotTakenForOne() throws IOException {
    byte[] nested = new SegmentFormat(TABLE, 9).record(batch(7, 40));
    SpoolBatch outer = new SpoolBatch("b/0", START, 1, nested);
    try (SpoolLog log = open()) {
      log.append(outer);
      log.append(batch(1, 40));
    }
    Path file = files(".spool").get(0);
    byte[] bytes = Files.readAllBytes(file);
    bytes[new SegmentFormat(TABLE, 1).headerLength()] ^= 1;
    Files.write(file, bytes);
    try (SpoolLog log = open()) {
      assertThat(drain(log)).containsExactly("b/1");
    }
  }

  @Test
  void rowsOfAnotherTableAreRefused() {
    append(0);
    assertThatThrownBy(() -> SpoolLog.open(directory(), MEGABYTE, "tocks (time date)"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("holds rows of ticks (time timestamptz); expected tocks (time date)");
    append(1);
  }

  @Test
  void aNewerVersionIsRefused() throws IOException {
    append(0);
    Path file = files(".spool").get(0);
    byte[] bytes = Files.readAllBytes(file);
    int end = new SegmentFormat(TABLE, 1).headerLength() - Integer.BYTES;
    ByteBuffer.wrap(bytes).putInt(Long.BYTES, 2);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, end);
    ByteBuffer.wrap(bytes).putInt(end, (int) crc.getValue());
    Files.write(file, bytes);
    assertThatThrownBy(this::open)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("has version 2; expected 1");
  }

  @Test
  void aDirectoryHasOneUser() {
    try (SpoolLog log = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("is used by another ingester of this process");
      log.append(batch(0, 1));
    }
    open().close();
  }

  @Test
  void filesAreTheirOwnersAlone() throws IOException {
    append(0);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
        .isEqualTo("rwx------");
    for (Path file : files("")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void anInterruptDisturbsNothing() {
    Thread.currentThread().interrupt();
    append(0);
    try (SpoolLog log = open()) {
      log.append(batch(1, 40));
      assertThat(drain(log)).containsExactly("b/0", "b/1");
      assertThat(log.removeReplayed()).hasSize(2);
    }
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whatIsClosedLeavesTheDirectoryAlone() throws IOException {
    SpoolLog log = open();
    log.append(batch(0, 40));
    log.head();
    log.close();
    assertThatThrownBy(log::pass).isInstanceOf(ClosedException.class);
    assertThatThrownBy(log::removeReplayed).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> log.append(batch(1, 40))).isInstanceOf(ClosedException.class);
    assertThat(files(".spool")).hasSize(1);
  }
}
