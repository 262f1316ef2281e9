package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CopyBufferTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "ä", "€", "😀", "a😀ä€"})
  void longTextTakesTheRoomItNeeds(String piece) {
    String text = piece.repeat(1_000_000);
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    CopyBuffer buffer = new CopyBuffer(8);

    buffer.putText(text);

    assertThat(buffer.array()).hasSize(utf8.length);
    assertThat(Arrays.equals(buffer.array(), utf8)).isTrue();
    assertThat(buffer.size()).isEqualTo(utf8.length);
  }
}
