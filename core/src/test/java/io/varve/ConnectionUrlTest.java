package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectionUrlTest {

  @ParameterizedTest
  @ValueSource(strings = {"jdbc:postgresql:", "postgresql:", "jdbc:postgres:", "postgres:"})
  void bothDialectsNameHostPortAndDatabase(String prefix) {
    assertThat(settings(prefix + "//db.example.com:6432/metrics"))
        .containsOnly(
            Map.entry(Setting.HOST, "db.example.com"),
            Map.entry(Setting.PORT, "6432"),
            Map.entry(Setting.DATABASE, "metrics"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql:",
        "jdbc:postgresql:/",
        "jdbc:postgresql://",
        "jdbc:postgresql:///"
      })
  void everyPartMayBeLeftOut(String url) {
    assertThat(settings(url)).isEmpty();
  }

  @Test
  void databaseMayStandAlone() {
    assertThat(settings("jdbc:postgresql:metrics"))
        .containsOnly(Map.entry(Setting.DATABASE, "metrics"));
    assertThat(settings("postgresql:///metrics"))
        .containsOnly(Map.entry(Setting.DATABASE, "metrics"));
  }

  @Test
  void userAndPasswordMayStandBeforeTheHost() {
    assertThat(settings("postgresql://app:p%40ss%3A%2F@db/metrics"))
        .containsEntry(Setting.USER, "app")
        .containsEntry(Setting.PASSWORD, "p@ss:/")
        .containsEntry(Setting.HOST, "db");
    assertThat(settings("postgresql://app@db")).doesNotContainKey(Setting.PASSWORD);
  }

  @Test
  void passwordMayHoldAnAtSignAsItIs() {
    assertThat(settings("postgresql://app:p@ss@db/metrics"))
        .containsEntry(Setting.PASSWORD, "p@ss")
        .containsEntry(Setting.HOST, "db");
  }

  @Test
  void plusIsABlankForTheDriverAndItselfForLibpq() {
    assertThat(settings("jdbc:postgresql://db/x?password=a+b"))
        .containsEntry(Setting.PASSWORD, "a b");
    assertThat(settings("postgresql://db/x?password=a+b")).containsEntry(Setting.PASSWORD, "a+b");
  }

  @ParameterizedTest
  @CsvSource({
    "user=app, USER, app",
    "password=pw, PASSWORD, pw",
    "sslmode=require, SSLMODE, require",
    "ssl=true, SSLMODE, verify-full",
    "sslrootcert=/r.crt, SSL_ROOT_CERT, /r.crt",
    "ApplicationName=loader, APPLICATION_NAME, loader",
    "application_name=loader, APPLICATION_NAME, loader",
    "connectTimeout=3, CONNECT_TIMEOUT, 3 s",
    "connect_timeout=3, CONNECT_TIMEOUT, 3 s",
    "socketTimeout=60, SOCKET_TIMEOUT, 60 s",
    "defaultRowFetchSize=7, FETCH_SIZE, 7",
    "passfile=/p, PGPASS_FILE, /p",
    "host=other, HOST, other",
    "dbname=other, DATABASE, other"
  })
  void parametersThatAreSettingsBecomeSettings(String parameter, Setting setting, String text) {
    ConnectionUrl url = ConnectionUrl.parse("postgresql://db/metrics?" + parameter);
    assertThat(url.settings()).containsEntry(setting, text);
    assertThat(url.driver()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "prepareThreshold=0, prepareThreshold, 0",
    "currentSchema=a%2Cb, currentSchema, 'a,b'",
    "channel_binding=require, channelBinding, require",
    "target_session_attrs=read-write, targetServerType, primary",
    "target_session_attrs=any, targetServerType, any",
    "cloudSqlInstance=a:b:c, cloudSqlInstance, a:b:c",
    "pgbouncer=true, pgbouncer, true"
  })
  void otherParametersGoToTheDriver(String parameter, String name, String value) {
    assertThat(ConnectionUrl.parse("postgresql://db/metrics?" + parameter).driver())
        .containsOnly(Map.entry(name, value));
  }

  @Test
  void severalHostsKeepTheirPorts() {
    assertThat(settings("jdbc:postgresql://a:1,b,[::1]:2/metrics"))
        .containsEntry(Setting.HOST, "a:1,b,[::1]:2")
        .doesNotContainKey(Setting.PORT);
  }

  @Test
  void addressesOfSixBytesAreToldFromPorts() {
    assertThat(settings("jdbc:postgresql://[::1]/metrics"))
        .containsEntry(Setting.HOST, "[::1]")
        .doesNotContainKey(Setting.PORT);
    assertThat(settings("jdbc:postgresql://[::1]:6432/metrics"))
        .containsEntry(Setting.PORT, "6432");
  }

  @ParameterizedTest
  @CsvSource({
    "sslmod, sslmode",
    "ssl_mode, sslmode",
    "usr, user",
    "applicationname, ApplicationName",
    "prepareTreshold, prepareThreshold"
  })
  void misspeltParametersAreRefused(String name, String meant) {
    assertThatThrownBy(() -> ConnectionUrl.parse("jdbc:postgresql://db/x?" + name + "=secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown parameter \"%s\", did you mean \"%s\"?", name, meant);
  }

  @Test
  void serviceFilesAreRefused() {
    assertThatThrownBy(() -> ConnectionUrl.parse("postgresql:///?service=prod"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the parameter service is not supported");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql://app:canary@db/x",
        "canary",
        "postgresql://app:canary/7@db/x",
        "postgresql://app:12/canary@db/x",
        "postgresql://app:12?canary@db/x",
        "postgresql://app:canary%zz@db/x",
        "postgresql://app@db/x?password=canary%z",
        "postgresql://app:x@db:canary/x",
        "postgresql://app@db/x/canary"
      })
  void refusalsRepeatNothingThatMayBeAPassword(String url) {
    assertThatThrownBy(() -> ConnectionUrl.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("canary")
        .hasNoCause();
  }

  @Test
  void printsNoValues() {
    assertThat(ConnectionUrl.parse("postgresql://app:canary@db/x?sslpassword=canary"))
        .hasToString("ConnectionUrl[HOST, DATABASE, USER, PASSWORD][sslpassword]");
  }

  private static Map<Setting, String> settings(String url) {
    return ConnectionUrl.parse(url).settings();
  }
}
