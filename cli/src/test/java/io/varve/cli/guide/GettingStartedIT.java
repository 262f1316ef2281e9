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

/** {@code docs/getting-started.md}: its commands run, in order, and end with 0. */
@ExtendWith(DatabaseExtension.class)
class GettingStartedIT {

  private static final Path GUIDE = Path.of("..", "docs", "getting-started.md");
  private static final String PROMPT = "$ ./varve ";

  /** A word, or a text in double quotes. */
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  @Test
  void everyCommandOfTheGuideWorks(TestDatabase database, @TempDir Path directory)
      throws IOException {
    Path csv = directory.resolve("conditions.csv");
    try (InputStream in = GettingStartedIT.class.getResourceAsStream("conditions.csv")) {
      Files.copy(in, csv);
    }
    List<String> commands =
        Files.readString(GUIDE).lines().filter(line -> line.startsWith(PROMPT)).toList();

    assertThat(commands).hasSizeGreaterThan(5);
    assertThat(commands).allSatisfy(command -> runs(command, csv, database));
  }

  private static void runs(String command, Path csv, TestDatabase database) {
    String[] words =
        WORD.matcher(command.substring(PROMPT.length()))
            .results()
            .map(GettingStartedIT::text)
            .map(word -> word.equals("conditions.csv") ? csv.toString() : word)
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
  }

  private static String text(MatchResult word) {
    return word.group(1) == null ? word.group(2) : word.group(1);
  }
}
