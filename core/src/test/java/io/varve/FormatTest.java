package io.varve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FormatTest {

  @ParameterizedTest
  @CsvSource({
    "1ms, PT0.001S",
    "250 milliseconds, PT0.25S",
    "30 s, PT30S",
    "30s, PT30S",
    "1 second, PT1S",
    "5 m, PT5M",
    "5 min, PT5M",
    "5 minutes, PT5M",
    "1 h, PT1H",
    "2 hours, PT2H",
    "1 d, PT24H",
    "7 days, PT168H",
    "PT30S, PT30S"
  })
  void durationsAreNumbersWithAUnitOrIso(String text, Duration expected) {
    assertThat(Format.duration("1 ms", "7 d").reader().apply(text)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "30",
        "s",
        "-1 s",
        "PT-1S",
        "1.5 s",
        "30 parsecs",
        "8 d",
        "0",
        "9999999999 s",
        "P"
      })
  void durationsWithoutUnitOrOutOfBoundsAreNotAccepted(String text) {
    assertThat(Format.duration("1 ms", "7 d").reader().apply(text)).isEmpty();
  }

  @Test
  void zeroIsNoLimitWhereThatIsAllowed() {
    Format format = Format.durationOrZero("30 s", "1 h");
    assertThat(format.reader().apply("0")).contains(Duration.ZERO);
    assertThat(format.reader().apply("0 s")).contains(Duration.ZERO);
    assertThat(format.reader().apply("29 s")).isEmpty();
    assertThat(format.expectation())
        .isEqualTo("a duration such as \"30 s\" or \"5 min\", from 30 s to 1 h, or 0 for no limit");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "11", "-1", "5.0", "five", " 5", "99999999999999"})
  void numbersOutOfBoundsAreNotAccepted(String text) {
    assertThat(Format.whole(1, 10).reader().apply(text)).isEmpty();
  }

  @Test
  void boundsThemselvesAreAccepted() {
    assertThat(Format.whole(1, 10).reader().apply("1")).contains(1);
    assertThat(Format.whole(1, 10).reader().apply("10")).contains(10);
  }

  @Test
  void choicesAreReadInAnyCase() {
    assertThat(Format.choice("test", "bulk").reader().apply("BULK")).contains("bulk");
    assertThat(Format.choice("test", "bulk").reader().apply("bulky")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "db.example.com, [db.example.com]",
    "db:6432, [db:6432]",
    "127.0.0.1, [127.0.0.1]",
    "::1, [[::1]]",
    "[::1]:5433, [[::1]:5433]",
    "fe80::1%eth0, [[fe80::1%eth0]]",
    "'a,b:6432', '[a, b:6432]'",
    "bücher.example, [bücher.example]"
  })
  void hostsAreNamesOrAddressesWithOrWithoutPort(String text, String expected) {
    assertThat(Format.hosts().reader().apply(text)).hasToString("Optional[" + expected + "]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/var/run/postgresql", "@abstract", "a b", "a,", ",", "h?x=y", "h#f", "h/"})
  void whatIsNotAHostIsNotAccepted(String text) {
    assertThat(Format.hosts().reader().apply(text)).isEmpty();
  }

  @Test
  void textIsMeasuredInBytes() {
    assertThat(Format.text(4).reader().apply("éé")).contains("éé");
    assertThat(Format.text(4).reader().apply("ééé")).isEmpty();
    assertThat(Format.text(4).reader().apply("a\0b")).isEmpty();
  }

  @Test
  void filesMustBeReadable(@TempDir Path directory) throws Exception {
    Path file = java.nio.file.Files.createFile(directory.resolve("root.crt"));
    assertThat(Format.file().reader().apply(file.toString())).contains(file);
    assertThat(Format.file().reader().apply(directory.toString())).isEmpty();
    assertThat(Format.file().reader().apply(directory.resolve("absent").toString())).isEmpty();
    assertThat(Format.file().reader().apply("a\0b")).isEmpty();
    assertThat(Format.fileOrSystem().reader().apply("system")).contains("system");
    assertThat(Format.fileOrSystem().reader().apply(file.toString())).contains(file.toString());
  }

  @Test
  void expectationsOfSecretsHideNothingElse() {
    assertThat(List.of(Format.secret().visibility(), Format.file().visibility()))
        .containsExactly(Format.Visibility.SECRET, Format.Visibility.PLAIN);
  }
}
