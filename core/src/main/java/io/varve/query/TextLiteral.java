package io.varve.query;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values as text that PostgreSQL reads. */
final class TextLiteral {

  private TextLiteral() {}

  /**
   * Whether PostgreSQL can hold the text: it takes no NUL, and half a surrogate pair the driver
   * would send as a question mark.
   */
  static boolean isHeld(String text) {
    return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  /** What a value says that is bound. */
  static String of(@Nullable Object value) {
    return value instanceof byte[] bytes
        ? "\\x" + HexFormat.of().formatHex(bytes)
        : String.valueOf(value);
  }

  /** An array of values that are text already. */
  static String array(List<String> values) {
    return values.stream().map(TextLiteral::quoted).collect(Collectors.joining(",", "{", "}"));
  }

  /** An array's element. */
  static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
