package io.varve.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a segment had been replayed when its log was closed. Without it, as after a crash, the
 * batches before it are replayed again, which the ledger notices; they are counted again, too.
 *
 * @param segment its number
 * @param end where its last replayed batch ends
 * @param id that batch's, so that a mark left over from another file is not believed
 */
record ReplayMark(long segment, long end, String id) {

  private static final String NAME = "replayed";

  private static final Pattern TEXT =
      Pattern.compile("(\\d{1,18}) (\\d{1,18}) (.*)\n", Pattern.DOTALL);

  /** The directory's, if it has one that can be read. */
  static Optional<ReplayMark> read(Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    Matcher text = TEXT.matcher(new String(Disk.read(file), StandardCharsets.UTF_8));
    return text.matches()
        ? Optional.of(
            new ReplayMark(
                Long.parseLong(text.group(1)), Long.parseLong(text.group(2)), text.group(3)))
        : Optional.empty();
  }

  /** Makes it the directory's. */
  void write(Path directory) throws IOException {
    Path fresh = directory.resolve(NAME + ".tmp");
    String text = "%d %d %s\n".formatted(segment, end, id);
    Disk.write(fresh, text.getBytes(StandardCharsets.UTF_8));
    Files.move(
        fresh,
        directory.resolve(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    Disk.sync(directory);
  }

  /** The directory has none any more. */
  static void delete(Path directory) throws IOException {
    Files.deleteIfExists(directory.resolve(NAME));
  }
}
