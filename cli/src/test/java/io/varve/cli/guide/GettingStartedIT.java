package io.varve.cli.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/getting-started.md}: its commands run, in order, and end with 0. */
@ExtendWith(DatabaseExtension.class)
class GettingStartedIT {

  private static final Path GUIDE = Path.of("..", "docs", "getting-started.md");
  private static final String PROMPT = "$ ./varve ";

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
    GuideCommands guide = new GuideCommands(database, csv);
    commands.forEach(command -> guide.run(command.substring(PROMPT.length())));
  }
}
