package io.varve.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What a server has said since a moment: on its standard error and, once its logging collector has
 * taken over, in the collector's file.
 */
final class ServerLog {

  private static final int ENOUGH = 16_384;
  private static final String FIRST_WORDS = "starting PostgreSQL";
  private static final String COLLECTED = "stderr ";

  private final Path standardError;
  private final Path data;
  private final long start;

  private ServerLog(Path standardError, Path data, long start) {
    this.standardError = standardError;
    this.data = data;
    this.start = start;
  }

  static ServerLog fromNow(Path standardError, Path data) {
    try {
      long start = Files.exists(standardError) ? Files.size(standardError) : 0;
      return new ServerLog(standardError, data, start);
    } catch (IOException e) {
      throw Failures.of("log %s cannot be read".formatted(standardError), e);
    }
  }

  String text() {
    try {
      return read(standardError, start) + collected();
    } catch (IOException e) {
      throw Failures.of("the log of the server on %s cannot be read".formatted(data), e);
    }
  }

  private String collected() throws IOException {
    Path index = data.resolve("current_logfiles");
    String line = Files.exists(index) ? Files.readString(index).strip() : "";
    if (!line.startsWith(COLLECTED)) {
      return "";
    }
    String text = read(data.resolve(line.substring(COLLECTED.length())), 0);
    int lastStart = text.lastIndexOf(FIRST_WORDS);
    return lastStart < 0 ? "" : text.substring(text.lastIndexOf('\n', lastStart) + 1);
  }

  private static String read(Path file, long from) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long begin = Math.max(from, channel.size() - ENOUGH);
      ByteBuffer bytes = ByteBuffer.allocate(ENOUGH);
      while (bytes.hasRemaining() && channel.read(bytes, begin + bytes.position()) > 0) {}
      return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
    } catch (NoSuchFileException e) {
      return "";
    }
  }
}
