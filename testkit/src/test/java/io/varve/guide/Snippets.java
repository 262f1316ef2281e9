package io.varve.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The Java of a guide, which must be found, line for line, in a class that runs it. */
final class Snippets {

  private Snippets() {}

  static void assertRunBy(Class<?> test, String guide) throws IOException {
    Path file = Path.of("src", "test", "java").resolve(test.getName().replace('.', '/') + ".java");
    String source = squeezed(Files.readString(file));
    List<String> snippets =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("..", "docs", guide)))
            .results()
            .map(match -> squeezed(match.group(1)))
            // A whole program is compiled and run as it stands.
            .filter(snippet -> !snippet.startsWith("import"))
            // The fixture opens the server here.
            .map(snippet -> snippet.replace("Varvevarve=Varve.connect(url);", ""))
            .toList();
    assertThat(snippets).isNotEmpty().filteredOn(snippet -> !source.contains(snippet)).isEmpty();
  }

  private static String squeezed(String text) {
    return text.replaceAll("\\s", "");
  }
}
