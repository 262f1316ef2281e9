package io.varve.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MigrationsTest {

  private static final Pattern NAME = Pattern.compile("V(\\d+)__[a-z_]+\\.sql");

  @ParameterizedTest
  @EnumSource
  void highestNumberIsTheOneThatIsBrought(Migrations migrations) {
    assertThat(numbers(migrations.folders()))
        .doesNotHaveDuplicates()
        .endsWith(migrations.available());
  }

  @Test
  void numbersHaveNoGaps() {
    List<Integer> numbers = numbers(Migrations.PLAIN.folders());
    assertThat(numbers).isEqualTo(Stream.iterate(1, n -> n + 1).limit(numbers.size()).toList());
  }

  private static List<Integer> numbers(List<String> folders) {
    return folders.stream()
        .flatMap(MigrationsTest::files)
        .map(MigrationsTest::number)
        .sorted()
        .toList();
  }

  private static Stream<String> files(String folder) {
    URL url = MigrationsTest.class.getClassLoader().getResource(Migrations.ROOT + folder);
    try (Stream<Path> files = Files.list(Path.of(Objects.requireNonNull(url, folder).toURI()))) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(folder, e);
    }
  }

  private static int number(String file) {
    Matcher matcher = NAME.matcher(file);
    assertThat(matcher.matches()).as(file).isTrue();
    return Integer.parseInt(matcher.group(1));
  }
}
