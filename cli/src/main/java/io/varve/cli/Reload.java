package io.varve.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command that loads the corrected rows of a load: with the options that said how its fields
 * are read, since the rows stand in the rejects file as they stood in the source.
 */
final class Reload {

  private static final List<String> READING =
      List.of("--zone", "--time-format", "--decimal", "--null", "--tag", "--on-conflict");

  private static final Pattern PLAIN = Pattern.compile("[\\w./:=,+@%-]+");

  private final ParseResult load;
  private final boolean hasUrl;

  /**
   * @param load the options of the load
   * @param hasUrl whether an option named the database
   */
  Reload(ParseResult load, boolean hasUrl) {
    this.load = load;
    this.hasUrl = hasUrl;
  }

  /** As a POSIX shell takes it, but for the database: what leads there may be a secret. */
  String command(String table, Path rejects) {
    List<String> words = new ArrayList<>(List.of("varve"));
    if (hasUrl) {
      words.addAll(List.of("--url", "…"));
    }
    words.addAll(List.of("ingest", "--table", quoted(table)));
    for (String name : READING) {
      if (load.hasMatchedOption(name)) {
        OptionSpec option = load.matchedOption(name);
        option.originalStringValues().forEach(value -> words.addAll(List.of(name, quoted(value))));
      }
    }
    words.add(quoted(rejects.toString()));
    return String.join(" ", words);
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
