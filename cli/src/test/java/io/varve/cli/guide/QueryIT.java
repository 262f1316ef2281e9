package io.varve.cli.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.cli.Main;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/query.md}: its commands run, and print what the guide shows. */
@ExtendWith(DatabaseExtension.class)
class QueryIT {

  private static final Path GUIDE = Path.of("..", "docs", "query.md");
  private static final Pattern FILE = Pattern.compile("```csv\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COMMAND =
      Pattern.compile("```console\n\\$ \\./varve ([^\n]*)\n(.*?)```", Pattern.DOTALL);
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  @Test
  void everyCommandPrintsWhatTheGuideShows(TestDatabase database, @TempDir Path directory)
      throws IOException {
    String guide = Files.readString(GUIDE);
    Path csv = directory.resolve("weather.csv");
    Files.writeString(csv, FILE.matcher(guide).results().findFirst().orElseThrow().group(1));
    List<MatchResult> commands = COMMAND.matcher(guide).results().toList();

    assertThat(commands).hasSizeGreaterThan(4);
    for (MatchResult command : commands) {
      String printed = run(command.group(1), csv, database);
      if (!command.group(2).isEmpty()) {
        assertThat(printed).as(command.group(1)).isEqualTo(command.group(2));
      }
    }
  }

  private static String run(String command, Path csv, TestDatabase database) {
    String[] words =
        WORD.matcher(command)
            .results()
            .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
            .map(word -> word.equals("weather.csv") ? csv.toString() : word)
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
}
