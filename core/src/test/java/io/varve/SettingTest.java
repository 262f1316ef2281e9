package io.varve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pins what users write into files: names and defaults change only on purpose. */
final class SettingTest {

  @Test
  void namesAndDefaultsAreThese() {
    assertThat(Stream.of(Setting.values()).map(SettingTest::row).collect(Collectors.joining("\n")))
        .isEqualTo(
            """
            preset | development | development | development | development | -
            url | - | - | - | - | -
            host | localhost | localhost | localhost | localhost | PGHOST
            port | 5432 | 5432 | 5432 | 5432 | PGPORT
            database | - | - | - | - | PGDATABASE
            user | - | - | - | - | PGUSER
            password | - | - | - | - | PGPASSWORD
            password-file | - | - | - | - | -
            pgpass-file | - | - | - | - | PGPASSFILE
            sslmode | auto | verify-full | auto | auto | PGSSLMODE
            ssl-root-cert | - | - | - | - | PGSSLROOTCERT
            ssl-cert | - | - | - | - | PGSSLCERT
            ssl-key | - | - | - | - | PGSSLKEY
            application-name | varve | varve | varve | varve | PGAPPNAME
            pool-size | 5 | 10 | 4 | 4 | -
            pool-min-idle | 0 | 2 | 0 | 0 | -
            connection-lifetime | 30 min | 30 min | 30 min | 30 min | -
            idle-timeout | 10 min | 10 min | 10 min | 10 min | -
            connect-timeout | 10 s | 10 s | 5 s | 30 s | PGCONNECT_TIMEOUT
            acquire-timeout | 10 s | 30 s | 5 s | 5 min | -
            socket-timeout | 0 | 60 s | 60 s | 0 | -
            statement-timeout | - | 30 s | 30 s | 0 | -
            lock-timeout | - | 10 s | 10 s | - | -
            fetch-size | 5000 | 5000 | 5000 | 5000 | -
            unbounded-queries | warn | warn | warn | warn | -
            unbounded-chunks | 100 | 100 | 100 | 100 | -
            retry-attempts | 1 | 20 | 1 | 5 | -
            retry-budget | 5 s | 30 s | 5 s | 60 s | -""");
  }

  private static String row(Setting setting) {
    List<Preset> presets = List.of(Preset.DEVELOPMENT, Preset.PRODUCTION, Preset.TEST, Preset.BULK);
    return Stream.of(
            Stream.of(setting.key()),
            presets.stream().map(preset -> setting.defaultValue(preset).orElse("-")),
            Stream.of(setting.libpqVariable().orElse("-")))
        .flatMap(cells -> cells)
        .collect(Collectors.joining(" | "));
  }

  @ParameterizedTest
  @EnumSource
  void defaultsAreWithinTheirOwnBounds(Setting setting) {
    assertThat(Arrays.stream(Preset.values()).map(setting::defaultValue))
        .allSatisfy(
            text ->
                assertThat(text.stream().filter(value -> setting.read(value).isEmpty())).isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void everyRowSaysWhatItIsForAndWhatItTakes(Setting setting) {
    assertThat(setting.meaning()).matches("(?s)\\S.{10,}\\.");
    assertThat(setting.expectation()).isNotBlank();
  }

  @Test
  void propertyAndVariableFollowFromTheKey() {
    assertThat(Setting.POOL_SIZE.property()).isEqualTo("varve.pool-size");
    assertThat(Setting.POOL_SIZE.variable()).isEqualTo("VARVE_POOL_SIZE");
  }

  @Test
  void whatMayHoldAPasswordIsSecret() {
    assertThat(Stream.of(Setting.values()).filter(Setting::isSecret))
        .containsExactly(Setting.URL, Setting.PASSWORD);
  }
}
