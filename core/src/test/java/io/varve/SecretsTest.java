package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.varve.jdbc.Secret;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A canary: the password is nowhere in what Varve, the pool and the driver say or log. */
final class SecretsTest {

  private static final String CANARY = "cAn4ry";

  private final Log log = new Log();

  @BeforeEach
  void listen() {
    log.start();
  }

  @AfterEach
  void stopListening() {
    log.stop();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://127.0.0.1:%d/metrics?user=app&password=cAn4ry",
        "postgresql://app:cAn4ry@127.0.0.1:%d/metrics",
        "postgresql://app:cAn4ry@127.0.0.1:%d/metrics?sslmode=verify-full",
        "postgresql://app@127.0.0.1:%d/metrics?password=cAn4ry&sslpassword=cAn4ry",
        "postgresql://app:cAn4ry@127.0.0.1:%d/metrics?foo=cAn4ry",
        "postgresql://app:cAn4ry@127.0.0.1:%d/metrics?sslmod=x",
        "postgresql://app:cAn4ry@127.0.0.1:%d/metrics?connectTimeout=x",
        "postgresql://app:cAn4ry@127.0.0.1:%d/a/b",
        "postgresql://app:cAn4ry/x@127.0.0.1:%d/metrics",
        "mysql://app:cAn4ry@127.0.0.1:%d/metrics",
        "cAn4ry%d"
      })
  void passwordInTheUrlIsNotRepeated(String url) throws Exception {
    try (FakeServer server = FakeServer.refusing("28P01", "password authentication failed")) {
      VarveBuilder builder = builder().set(Setting.URL, url.formatted(server.port()));
      assertThat(said(catchThrowable(builder::connect))).isNotEmpty().doesNotContain(CANARY);
      assertThat(builder.toString()).doesNotContain(CANARY);
    }
    assertThat(log.text()).doesNotContain(CANARY);
  }

  @Test
  void passwordBesideTheUrlIsNotRepeated() throws Exception {
    try (FakeServer server = FakeServer.askingForPassword()) {
      VarveBuilder builder =
          builder()
              .set(Setting.URL, server.url())
              .set(Setting.PASSWORD, CANARY)
              .set(Setting.RETRY_ATTEMPTS, "2")
              .set(Setting.CONNECT_TIMEOUT, "200 ms");
      assertThat(said(catchThrowable(builder::connect))).isNotEmpty().doesNotContain(CANARY);
      assertThat(builder.config().toString()).doesNotContain(CANARY);
      assertThat(builder.config().connection().toString()).doesNotContain(CANARY);
    }
    assertThat(log.text()).contains("attempt 1 failed").doesNotContain(CANARY);
  }

  @Test
  void passwordBesideOtherMistakesIsNotRepeated() {
    VarveBuilder builder =
        new VarveBuilder(
                Map.of("user.name", "me", "varve.passwort", CANARY),
                Map.of("VARVE_PASSWORD", CANARY, "VARVE_URL", CANARY, "VARVE_URI", CANARY))
            .set(Setting.PORT, "0");
    Throwable refusal = catchThrowable(builder::connect);
    assertThat(refusal).hasMessageStartingWith("4 settings are unusable:");
    assertThat(said(refusal)).doesNotContain(CANARY);
  }

  @Test
  void secretPrintsAsAsterisks() {
    assertThat(List.of(new Secret(CANARY))).hasToString("[***]");
    assertThat(new Secret(CANARY).reveal()).isEqualTo(CANARY);
  }

  private static VarveBuilder builder() {
    return new VarveBuilder(Map.of("user.name", "me"), Map.of());
  }

  /** The whole stack trace: messages of causes and suppressed errors as well. */
  private static String said(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /** Everything logged by anybody, at the finest level. */
  private static final class Log extends Handler {

    private final StringBuffer text = new StringBuffer();
    private final List<Logger> loggers =
        List.of(
            Logger.getLogger("io.varve"),
            Logger.getLogger("com.zaxxer.hikari"),
            Logger.getLogger("org.postgresql"));

    void start() {
      setLevel(Level.ALL);
      loggers.forEach(
          logger -> {
            logger.setLevel(Level.ALL);
            logger.setUseParentHandlers(false);
            logger.addHandler(this);
          });
    }

    void stop() {
      loggers.forEach(
          logger -> {
            logger.removeHandler(this);
            logger.setUseParentHandlers(true);
            logger.setLevel(null);
          });
    }

    String text() {
      return text.toString();
    }

    @Override
    public void publish(LogRecord message) {
      text.append(new SimpleFormatter().format(message));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
