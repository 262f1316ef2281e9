package io.varve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the text of a {@link Setting} becomes a value.
 *
 * @param expectation what is expected, to follow the word in messages
 * @param reader the value; empty if the text is not what is expected
 * @param visibility whether the text may be shown
 */
record Format(
    String expectation, Function<String, Optional<Object>> reader, Visibility visibility) {

  /** Whether a value may appear in a message. */
  enum Visibility {
    PLAIN,
    SECRET
  }

  /** The word that stands for the authorities Java trusts. */
  static final String SYSTEM = "system";

  private static final Pattern DURATION =
      Pattern.compile("(\\d{1,9}) *(ms|milliseconds?|s|seconds?|m|min|minutes?|h|hours?|d|days?)");

  private static final Pattern HOST =
      Pattern.compile("([\\p{L}\\p{N}._-]+|\\[[0-9a-fA-F:.%\\w-]+])(:\\d{1,5})?");

  private static final Pattern BARE_IPV6 = Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:.]*:[^,]*");

  /** Any text that PostgreSQL can hold in so many bytes. */
  static Format text(int bytes) {
    return plain(
        "text of 1 to " + bytes + " bytes",
        text ->
            text.indexOf('\0') < 0 && text.getBytes(UTF_8).length <= bytes
                ? Optional.of(text)
                : Optional.empty());
  }

  /** Any text, never shown. */
  static Format secret() {
    return new Format("a text", Optional::of, Visibility.SECRET);
  }

  /** A whole number in bounds. */
  static Format whole(int least, int most) {
    return plain(
        "a whole number from %d to %d".formatted(least, most),
        text ->
            text.matches("\\d{1,9}")
                ? Optional.<Object>of(Integer.valueOf(text))
                    .filter(number -> (int) number >= least && (int) number <= most)
                : Optional.empty());
  }

  /** A duration in bounds. */
  static Format duration(String least, String most) {
    Duration from = parseDuration(least).orElseThrow();
    Duration to = parseDuration(most).orElseThrow();
    return plain(
        "a duration such as \"30 s\" or \"5 min\", from %s to %s".formatted(least, most),
        text ->
            parseDuration(text)
                .filter(value -> value.compareTo(from) >= 0 && value.compareTo(to) <= 0)
                .map(Object.class::cast));
  }

  /** A duration in bounds, or 0 for none. */
  static Format durationOrZero(String least, String most) {
    Format bounded = duration(least, most);
    return plain(
        bounded.expectation() + ", or 0 for no limit",
        text ->
            parseDuration(text).filter(Duration::isZero).isPresent()
                ? Optional.of(Duration.ZERO)
                : bounded.reader().apply(text));
  }

  /** One of several words. */
  static Format choice(String... words) {
    List<String> choices = List.of(words);
    return plain(
        "one of " + String.join(", ", choices),
        text ->
            Optional.of(text.toLowerCase(Locale.ROOT))
                .filter(choices::contains)
                .map(Object.class::cast));
  }

  /** A file that can be read. */
  static Format file() {
    return plain("a readable file", text -> readable(text).map(Object.class::cast));
  }

  /** A file that can be read, or {@link #SYSTEM}. */
  static Format fileOrSystem() {
    return plain(
        "a readable file, or \"" + SYSTEM + "\"",
        text -> text.equals(SYSTEM) ? Optional.of(SYSTEM) : readable(text).map(Path::toString));
  }

  /** A file that need not be there. */
  static Format path() {
    return plain("a path", text -> asPath(text).map(Object.class::cast));
  }

  /** {@code host} or {@code host:port}, several joined by commas. */
  static Format hosts() {
    return plain(
        "host names or addresses, each host or host:port, joined by commas (a Unix socket's"
            + " directory cannot be used)",
        text -> {
          List<String> hosts =
              List.of(text.split(",", -1)).stream().map(Format::bracketed).toList();
          return hosts.stream().allMatch(host -> HOST.matcher(host).matches())
              ? Optional.of(hosts)
              : Optional.empty();
        });
  }

  private static Format plain(String expectation, Function<String, Optional<Object>> reader) {
    return new Format(expectation, reader, Visibility.PLAIN);
  }

  /** {@code ::1} becomes {@code [::1]}, so that a port can follow. */
  private static String bracketed(String host) {
    return BARE_IPV6.matcher(host).matches() ? "[" + host + "]" : host;
  }

  private static Optional<Path> asPath(String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Optional<Path> readable(String text) {
    return asPath(text).filter(path -> Files.isReadable(path) && !Files.isDirectory(path));
  }

  private static Optional<Duration> parseDuration(String text) {
    if (text.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    Matcher matcher = DURATION.matcher(text.trim());
    return matcher.matches()
        ? Optional.of(amount(Long.parseLong(matcher.group(1)), matcher.group(2)))
        : iso(text);
  }

  private static Duration amount(long number, String unit) {
    if (unit.startsWith("ms") || unit.startsWith("milli")) {
      return Duration.ofMillis(number);
    }
    return switch (unit.charAt(0)) {
      case 's' -> Duration.ofSeconds(number);
      case 'm' -> Duration.ofMinutes(number);
      case 'h' -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  private static Optional<Duration> iso(String text) {
    try {
      return Optional.of(Duration.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
