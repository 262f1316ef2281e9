package io.varve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guide's table is what the settings say. */
final class ConfigurationGuideTest {

  private static final Path GUIDE = Path.of("..", "docs", "configuration.md");

  @Test
  void guideListsEverySetting() throws IOException {
    assertThat(Files.readString(GUIDE)).endsWith(table());
  }

  private static String table() {
    String head =
        """
        | Setting | libpq | development | production | test | bulk | Meaning |
        |---|---|---|---|---|---|---|
        """;
    return Stream.of(Setting.values())
        .map(ConfigurationGuideTest::row)
        .collect(Collectors.joining("", head, ""));
  }

  private static String row(Setting setting) {
    return "| `%s` | %s | %s | %s | %s | %s | %s Expected: %s. |\n"
        .formatted(
            setting.key(),
            setting.libpqVariable().map(name -> "`" + name + "`").orElse(""),
            setting.defaultValue(Preset.DEVELOPMENT).orElse(""),
            setting.defaultValue(Preset.PRODUCTION).orElse(""),
            setting.defaultValue(Preset.TEST).orElse(""),
            setting.defaultValue(Preset.BULK).orElse(""),
            setting.meaning(),
            setting.expectation());
  }
}
