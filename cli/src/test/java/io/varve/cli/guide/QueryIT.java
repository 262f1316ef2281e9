package io.varve.cli.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

  @Test
  void everyCommandPrintsWhatTheGuideShows(TestDatabase database, @TempDir Path directory)
      throws IOException {
    String guide = Files.readString(GUIDE);
    Path csv = directory.resolve("weather.csv");
    Files.writeString(csv, FILE.matcher(guide).results().findFirst().orElseThrow().group(1));
    List<MatchResult> commands = COMMAND.matcher(guide).results().toList();

    assertThat(commands).hasSizeGreaterThan(4);
    for (MatchResult command : commands) {
      String printed = new GuideCommands(database, csv).run(command.group(1));
      if (!command.group(2).isEmpty()) {
        assertThat(printed).as(command.group(1)).isEqualTo(command.group(2));
      }
    }
  }
}
