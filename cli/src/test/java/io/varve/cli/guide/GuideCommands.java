package io.varve.cli.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.cli.Main;
import io.varve.testkit.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Runs commands as a guide shows them.
 *
 * @param file the file that stands in them by its bare name
 */
record GuideCommands(TestDatabase database, Path file) {

  /** A word, or a text in double quotes. */
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  /** What a command prints; it must end with 0. */
  String run(String command) {
    String[] words =
        WORD.matcher(command)
            .results()
            .map(GuideCommands::text)
            .map(word -> word.equals(file.getFileName().toString()) ? file.toString() : word)
            .toArray(String[]::new);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            words,
            InputStream.nullInputStream(),
            out,
            err,
            Map.of(
                "VARVE_URL", database.url(),
                "VARVE_USER", database.user(),
                "VARVE_PASSWORD", database.password()));
    assertThat(code).as("%s%n%s", command, err.toString(StandardCharsets.UTF_8)).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String text(MatchResult word) {
    return word.group(1) == null ? word.group(2) : word.group(1);
  }
}
