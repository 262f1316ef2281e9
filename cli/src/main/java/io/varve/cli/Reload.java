package io.varve.cli;

import io.varve.cli.ingest.ImportId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The commands that come after a load, as a POSIX shell takes them. The one that loads its
 * corrected rows has the options that said how its fields are read, since the rows stand in the
 * rejects file as they stood in the source.
 */
final class Reload {

  private static final List<String> READING =
      List.of("--zone", "--time-format", "--decimal", "--null", "--tag", "--on-conflict");

  private static final Pattern PLAIN = Pattern.compile("[\\w./:=,+@%-]+");

  private final String program;
  private final ParseResult load;
  private final @Nullable String url;

  /**
   * @param program how it was called
   * @param load the arguments of the load
   * @param url the database an option named; it holds no password
   */
  Reload(String program, ParseResult load, @Nullable String url) {
    this.program = program;
    this.load = load;
    this.url = url;
  }

  /** Goes on with the load, which had that name or, if the user gave none, gets it so. */
  String goingOn(ImportId id, boolean isNamed) {
    List<String> words = new ArrayList<>(List.of(quoted(program)));
    load.originalArgs().forEach(word -> words.add(quoted(word)));
    if (!isNamed) {
      int options = words.contains("--") ? words.indexOf("--") : words.size();
      words.addAll(options, List.of("--import-id", id.text()));
    }
    return String.join(" ", words);
  }

  /** Loads the corrected rows. */
  String command(String table, Path rejects) {
    List<String> words = new ArrayList<>(List.of(quoted(program)));
    if (url != null) {
      words.addAll(List.of("--url", quoted(url)));
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
