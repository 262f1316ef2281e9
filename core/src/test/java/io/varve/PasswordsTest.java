package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.jdbc.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PasswordsTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "db:5432:metrics:app:pw, pw",
    "*:*:*:*:pw, pw",
    "other:5432:metrics:app:pw, ",
    "db:5433:metrics:app:pw, ",
    "db:5432:other:app:pw, ",
    "db:5432:metrics:other:pw, ",
    "db:5432:metrics:app, ",
    "#db:5432:metrics:app:pw, ",
    "db:5432:metrics:app:p\\:w, p:w",
    "db:5432:metrics:app:p\\\\w, p\\w",
    "db:5432:metrics:app:pw:rest, pw",
    "db:5432:metrics:app:, ''"
  })
  void lineOfHostPortDatabaseAndUserGivesThePassword(String line, String expected)
      throws IOException {
    assertThat(lookUp(file(line, "rw-------"), "db:5432")).isEqualTo(Optional.ofNullable(expected));
  }

  @Test
  void firstLineThatFitsWins() throws IOException {
    assertThat(lookUp(file("a:*:*:*:1\n\n# x\ndb:*:*:*:2\n*:*:*:*:3\n", "rw-------"), "db:5432"))
        .contains("2");
  }

  @Test
  void addressesMayHoldEscapedColons() throws IOException {
    assertThat(lookUp(file("\\:\\:1:5432:*:*:pw", "r--------"), "[::1]:5432")).contains("pw");
  }

  @Test
  void severalHostsMustShareThePassword() throws IOException {
    Path file = file("a:*:*:*:same\nb:*:*:*:same\nc:*:*:*:other\n", "rw-------");
    assertThat(lookUp(file, "a:5432", "b:5432")).contains("same");
    assertThat(lookUp(file, "a:5432", "c:5432")).isEmpty();
    assertThat(lookUp(file, "a:5432", "unknown:5432")).isEmpty();
  }

  @Test
  void fileOthersCanReadIsRefused() throws IOException {
    Path file = file("*:*:*:*:canary", "rw-r-----");
    assertThatThrownBy(() -> lookUp(file, "db:5432"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pgpass-file %s can be read by others: expected mode 0600 (chmod 600)", file);
  }

  @Test
  void fileOthersCanReadIsNoMatterIfItHasNothingForUs() throws IOException {
    assertThat(lookUp(file("other:*:*:*:pw", "rw-r--r--"), "db:5432")).isEmpty();
  }

  @Test
  void passwordFileIsThePasswordWithoutItsLastLineEnd() throws IOException {
    assertThat(Passwords.inFile(file("pw", "rw-------")).reveal()).isEqualTo("pw");
    assertThat(Passwords.inFile(file(" p w \n", "rw-------")).reveal()).isEqualTo(" p w ");
    assertThat(Passwords.inFile(file("pw\r\n", "rw-------")).reveal()).isEqualTo("pw");
    assertThat(Passwords.inFile(file("pw\n\n", "rw-------")).reveal()).isEqualTo("pw\n");
  }

  @Test
  void emptyPasswordFileIsRefused() throws IOException {
    Path file = file("\n", "rw-------");
    assertThatThrownBy(() -> Passwords.inFile(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("password-file %s is empty: expected a password", file);
  }

  @Test
  void fileThatIsNotTextIsRefusedWithoutItsContents() throws IOException {
    Path file = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 'c'});
    assertThatThrownBy(() -> Passwords.inFile(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the password file %s cannot be read: MalformedInputException", file);
  }

  @Test
  void usualPlaceIsLibpqs() {
    assertThat(
            Passwords.usualPgpass(Map.of("user.home", "/home/app", "os.name", "Linux"), Map.of()))
        .isEqualTo(Path.of("/home/app/.pgpass"));
    assertThat(
            Passwords.usualPgpass(Map.of("os.name", "Windows 11"), Map.of("APPDATA", "/appdata")))
        .isEqualTo(Path.of("/appdata/postgresql/pgpass.conf"));
  }

  private static Optional<String> lookUp(Path file, String... hosts) {
    return Passwords.inPgpass(file, List.of(hosts), "metrics", "app").map(Secret::reveal);
  }

  private Path file(String text, String permissions) throws IOException {
    Path file = Files.writeString(Files.createTempFile(directory, "p", ""), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }
}
