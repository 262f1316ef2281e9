package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.cli.CommandLineFixture.Outcome;
import io.varve.cli.shell.Shell;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

  private final CommandLineFixture line = new CommandLineFixture();

  @Test
  void versionNeedsNoDatabase() {
    Outcome outcome = line.run("version");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).startsWith("varve 0.").contains("\njava ");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void versionSpeaksJson() {
    assertThat(line.run("--json", "version").out()).contains("\"varve\" : \"0.");
    assertThat(line.run("version", "--json").out()).contains("\"varve\" : \"0.");
  }

  @Test
  void versionAndHelpAreFoundEitherWay() {
    assertThat(line.run("--version")).isEqualTo(line.run("version"));
    assertThat(line.run("help", "query")).isEqualTo(line.run("query", "--help"));
    assertThat(line.run("help")).isEqualTo(line.run("--help"));
    assertThat(line.run("help", "nope").code()).isEqualTo(2);
  }

  @Test
  void everySettingThatIsWrongHasALine() {
    line.env("VARVE_POOL_SIZE", "many").env("VARVE_SSLMODE", "maybe");

    Outcome outcome = line.run("tables", "--url", "postgresql://127.0.0.1:1/none");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err().lines())
        .hasSize(3)
        .first()
        .isEqualTo("varve: 2 settings are unusable:");
    assertThat(outcome.err().lines().skip(1)).allMatch(text -> text.startsWith("varve:   "));
  }

  @Test
  void withoutACommandItShowsHelpAndFails() {
    Outcome outcome = line.run();

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains("Usage: varve COMMAND", "ingest", "demo");
  }

  @Test
  void helpDocumentsTheExitCodes() {
    Outcome outcome = line.run("--help");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .contains("  0     done")
        .contains("  1     the command failed")
        .contains("  2     the command line is wrong")
        .contains("  3     some rows were rejected")
        .contains("  4     no connection to the database")
        .contains("  130   interrupted");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo", "install", "ingest", "query", "sql", "tables", "chunks", "health", "version"
      })
  void everyCommandHasHelp(String command) {
    Outcome outcome = line.run(command, "--help");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).startsWith("Usage: varve " + command);
    assertThat(outcome.err()).isEmpty();
    String[] parts = outcome.out().split("Examples?:\n", 2);
    assertThat(parts.length == 1 ? "" : parts[1])
        .describedAs("each example on a line of its own, to be copied")
        .matches("( {2}(varve|zcat) .*\n)*");
  }

  @Test
  void suggestsTheNearestCommandAndOption() {
    assertThat(line.run("verison").err())
        .isEqualTo(
            "varve: unknown command verison; did you mean version?\nvarve: see varve --help\n");
    assertThat(line.run("tables", "--jsn").err())
        .isEqualTo(
            "varve: unknown option --jsn; did you mean --json?\nvarve: see varve tables --help\n");
    assertThat(line.run("verison").code()).isEqualTo(2);
  }

  @Test
  void refusesAPasswordOnTheCommandLine() {
    for (String url :
        new String[] {
          "postgresql://me:secret@host/db",
          "jdbc:postgresql://host/db?user=me&password=secret",
          "jdbc:postgresql://host/db?sslpassword=secret"
        }) {
      Outcome outcome = line.run("tables", "--url", url);

      assertThat(outcome.code()).isEqualTo(2);
      assertThat(outcome.err())
          .startsWith("varve: --url must not hold a password")
          .contains("VARVE_PASSWORD")
          .doesNotContain("secret");
    }
  }

  @Test
  void aServerThatIsNotThereIsItsOwnExitCode() {
    Outcome outcome = line.run("tables", "--url", "postgresql://127.0.0.1:1/none");

    assertThat(outcome.code()).isEqualTo(4);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).startsWith("varve: ").contains("127.0.0.1:1").doesNotContain("\tat ");
  }

  @Test
  void verboseShowsTheTrace() {
    Outcome outcome = line.run("tables", "--verbose", "--url", "postgresql://127.0.0.1:1/none");

    assertThat(outcome.code()).isEqualTo(4);
    assertThat(outcome.err()).contains("\tat io.varve.");
  }

  @Test
  void healthOfAServerThatIsDownIsStillJson() {
    Outcome outcome = line.run("health", "--json", "--url", "postgresql://127.0.0.1:1/none");

    assertThat(outcome.code()).isEqualTo(4);
    assertThat(outcome.out()).contains("\"status\" : \"down\"").contains("\"problem\" : ");
  }

  @Test
  void aReaderThatWentAwayIsNoError() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    int code = run(new FailingOutput("Broken pipe"), err, "--help");

    assertThat(code).isEqualTo(141);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void aFullDiskIsAnError() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    int code = run(new FailingOutput("No space left on device"), err, "version");

    assertThat(code).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("varve: standard output: No space left on device\n");
  }

  private static int run(OutputStream out, OutputStream err, String... args) {
    return Main.run(args, Shell.of(InputStream.nullInputStream(), out, err, Map.of(), Set.of()));
  }

  /** A pipe or file that takes nothing. */
  private static final class FailingOutput extends OutputStream {

    private final String reason;

    FailingOutput(String reason) {
      this.reason = reason;
    }

    @Override
    public void write(int b) throws IOException {
      throw new IOException(reason);
    }
  }
}
