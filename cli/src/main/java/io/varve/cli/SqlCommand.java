package io.varve.cli;

import io.varve.Varve;
import io.varve.cli.SqlSplitter.Statement;
import io.varve.cli.output.OutputFormat;
import io.varve.cli.output.RowsWriter;
import io.varve.cli.shell.CommandException;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code varve sql}: SQL as it is. */
@Command(
    name = "sql",
    description = "Run SQL. The toolkit's functions need no prefix.",
    sortOptions = false,
    footer = {
      "",
      "Several statements are separated by semicolons; each is committed by itself, unless BEGIN",
      "and COMMIT say otherwise. The first error ends the script.",
      "",
      "Example:",
      "  varve sql \"select time_bucket('1 day', time), avg(v) from metrics group by 1\""
    })
final class SqlCommand extends BaseCommand {

  private static final String STANDARD_INPUT = "-";

  @Parameters(
      paramLabel = "STATEMENT",
      arity = "0..1",
      description = "The statements; - or nothing reads them from standard input.")
  private @Nullable String statement;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "A file with the statements.")
  private @Nullable Path file;

  @Mixin private final OutputOptions output = new OutputOptions();

  @Override
  ExitCode run(Shell shell) throws IOException {
    List<Statement> statements = SqlSplitter.split(script(shell));
    if (statements.isEmpty()) {
      throw CommandException.usage(
          "there is no SQL statement",
          "give it as an argument, with -f FILE, or on standard input");
    }
    OutputFormat format = output.format(root().isJson());
    RowsWriter writer = output.writer(shell, root().isJson(), Optional.empty());
    try (Varve varve = open(shell);
        SqlSession session = SqlSession.open(varve, shell, writer, format)) {
      shell.interruption().during(session::cancel, () -> statements.forEach(session::run));
    }
    return ExitCode.OK;
  }

  private String script(Shell shell) throws IOException {
    if (statement != null && file != null) {
      throw CommandException.usage("a statement and -f contradict each other", "give one of them");
    }
    if (file != null && !file.toString().equals(STANDARD_INPUT)) {
      return text(file.toString(), read(file));
    }
    return statement == null || statement.equals(STANDARD_INPUT)
        ? text("standard input", shell.in().readAllBytes())
        : statement;
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw CommandException.failure("there is no file " + file, null, e);
    } catch (IOException e) {
      throw CommandException.failure(
          file + " cannot be read: " + e.getMessage(), "expected a file with SQL", e);
    }
  }

  /** Refuses bytes that are no UTF-8: replaced, they would change what is stored. */
  private static String text(String name, byte[] script) {
    ByteBuffer bytes = ByteBuffer.wrap(script);
    CharBuffer characters = CharBuffer.allocate(script.length);
    if (StandardCharsets.UTF_8.newDecoder().decode(bytes, characters, true).isError()) {
      String before = characters.flip().toString();
      throw CommandException.failure(
          "%s, line %d: byte 0x%02x is not UTF-8"
              .formatted(name, 1 + before.chars().filter(c -> c == '\n').count(), bytes.get()),
          "convert it, for example with iconv -f ISO-8859-1 -t UTF-8");
    }
    return characters.flip().toString();
  }
}
