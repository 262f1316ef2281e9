package io.varve.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerOptionsTest {

  private final ServerOptions options =
      ServerOptions.of(Path.of("/var/x/data"), "postgres", "s3cret");

  @Test
  void defaultsAreAFreePortAndTheMaintenanceDatabase() {
    assertThat(options)
        .isEqualTo(
            new ServerOptions(
                Path.of("/var/x/data"),
                Path.of("/var/x/data.log"),
                0,
                "postgres",
                "s3cret",
                "postgres",
                Map.of(),
                Duration.ofMinutes(5)));
  }

  @Test
  void eachOptionReplacesOne() {
    assertThat(
            options
                .withLog(Path.of("/log"))
                .withPort(5433)
                .withDatabase("d")
                .withSettings(Map.of("fsync", "off"))
                .withPatience(Duration.ofSeconds(1)))
        .isEqualTo(
            new ServerOptions(
                Path.of("/var/x/data"),
                Path.of("/log"),
                5433,
                "postgres",
                "s3cret",
                "d",
                Map.of("fsync", "off"),
                Duration.ofSeconds(1)));
  }

  @Test
  void settingsAreCopied() {
    Map<String, String> settings = new HashMap<>(Map.of("fsync", "off"));
    ServerOptions copied = options.withSettings(settings);
    settings.clear();
    assertThat(copied.settings()).containsExactly(Map.entry("fsync", "off"));
  }

  @Test
  void textDoesNotHoldThePassword() {
    assertThat(options.toString())
        .isEqualTo("database postgres of user postgres on port 0 in /var/x/data with {}");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_536})
  void portsOutOfBoundsAreRefused(int port) {
    assertThatThrownBy(() -> options.withPort(port))
        .isInstanceOf(ConfigException.class)
        .hasMessage("port %d: expected 0 to 65535", port);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "two\nlines"})
  void passwordsInitdbCannotReadAreRefused(String password) {
    assertThatThrownBy(() -> ServerOptions.of(Path.of("data"), "u", password))
        .isInstanceOf(ConfigException.class)
        .hasMessage("password of u: expected one line, not blank");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Boss", "bo\"ss", "1st"})
  void usersInitdbCannotNameAreRefused(String user) {
    assertThatThrownBy(() -> ServerOptions.of(Path.of("data"), user, "x"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("user \"%s\": expected lower-case letters, digits and underscores", user);
  }
}
