package io.varve.cli.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class WakeableInputStreamTest {

  @Test
  void bytesComeAsTheyAre() throws IOException {
    byte[] bytes = new byte[1_000_000];
    new Random(1).nextBytes(bytes);
    try (InputStream in = new WakeableInputStream(new ByteArrayInputStream(bytes))) {
      assertThat(in.read()).isEqualTo(bytes[0] & 0xff);
      assertThat(in.readAllBytes()).hasSize(999_999).endsWith(bytes[999_998], bytes[999_999]);
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void whoWaitsCanBeInterrupted() throws IOException {
    try (PipedOutputStream out = new PipedOutputStream();
        InputStream in = new WakeableInputStream(new PipedInputStream(out))) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(in::read).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void failuresArePassedOn() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("broken");
          }
        };
    assertThatThrownBy(() -> new WakeableInputStream(broken).read())
        .isInstanceOf(IOException.class)
        .hasMessage("broken");
  }
}
