package io.varve.cli.csv;

import io.varve.cli.csv.TimeDetector.Certainty;
import io.varve.cli.csv.TimeDetector.Finding;
import io.varve.cli.shell.CommandException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which column is the time, and how it is written.
 *
 * @param index its position
 * @param format how to read it
 */
public record TimeColumn(int index, TimeFormat format) {

  private static final Set<String> NAMES =
      Set.of(
          "time",
          "timestamp",
          "ts",
          "date",
          "datetime",
          "date_time",
          "instant",
          "epoch",
          "t",
          "day",
          "timestamptz",
          "unix_time",
          "unixtime",
          "event_time",
          "recorded_at",
          "created_at",
          "measured_at",
          "observed_at",
          "sampled_at",
          "time_stamp",
          "zeit",
          "datum",
          "zeitpunkt");

  private record Candidate(int index, Finding finding, int rank) {}

  /**
   * Finds it: written dates before numbers, columns named like a time before others, left before
   * right.
   *
   * @param name the column the user named, or null
   * @param format the format the user gave, or null
   */
  public static TimeColumn find(
      Header header,
      List<ColumnSample> samples,
      @Nullable String name,
      @Nullable TimeFormat format) {
    List<ColumnSample> columns = samples.stream().map(ColumnSample::withBlanksAsNulls).toList();
    if (name != null) {
      return named(header, columns, name, format);
    }
    if (format != null) {
      return formatted(header, columns, format);
    }
    List<Candidate> candidates = candidates(columns);
    return candidates.stream()
        .min(Comparator.comparingInt(Candidate::rank).thenComparingInt(Candidate::index))
        .map(candidate -> accept(columns.get(candidate.index()), candidate))
        .orElseThrow(() -> noneFound(header));
  }

  private static List<Candidate> candidates(List<ColumnSample> columns) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      int index = i;
      ColumnSample column = columns.get(i);
      TimeDetector.detect(column.values()).stream()
          .map(finding -> new Candidate(index, finding, rank(column, index, finding)))
          .filter(candidate -> candidate.rank() < 4)
          .forEach(candidates::add);
    }
    return candidates;
  }

  /** 0 is best, 4 is no candidate: a number in a column that nothing suggests to be a time. */
  private static int rank(ColumnSample column, int index, Finding finding) {
    boolean named = NAMES.contains(column.name()) || column.name().endsWith("_time");
    if (finding.certainty() != Certainty.NUMERIC) {
      return named ? 0 : 1;
    }
    return named ? 2 : index == 0 ? 3 : 4;
  }

  /** How a column known to hold times is written. */
  public static TimeFormat format(ColumnSample sample) {
    ColumnSample column = sample.withBlanksAsNulls();
    if (column.values().isEmpty()) {
      return TimeFormat.named("iso");
    }
    Finding finding = detect(column);
    return accept(column, new Candidate(0, finding, 0)).format();
  }

  private static TimeColumn named(
      Header header, List<ColumnSample> columns, String name, @Nullable TimeFormat format) {
    int index = header.indexOf(name);
    if (index < 0) {
      throw CommandException.usage(
          "there is no column \"" + name + "\" to be the time",
          "expected one of " + String.join(", ", header.titles()));
    }
    if (format != null) {
      return new TimeColumn(index, format);
    }
    ColumnSample column = columns.get(index);
    return accept(column, new Candidate(index, detect(column), 0));
  }

  private static Finding detect(ColumnSample column) {
    return TimeDetector.detect(column.values())
        .orElseThrow(
            () ->
                CommandException.usage(
                    "column \"%s\" holds no times that Varve recognizes%s"
                        .formatted(
                            column.name(),
                            column.values().isEmpty()
                                ? ""
                                : ", such as \"" + column.values().get(0) + "\""),
                    "describe them with --time-format, such as 'dd.MM.yyyy HH:mm' or epoch-s"));
  }

  /** The leftmost column the user's format fits. */
  private static TimeColumn formatted(
      Header header, List<ColumnSample> columns, TimeFormat format) {
    for (int i = 0; i < columns.size(); i++) {
      if (Share.most(columns.get(i).values(), text -> fits(format, text))) {
        return new TimeColumn(i, format);
      }
    }
    throw CommandException.usage(
        "no column holds times of the format " + format.title(),
        "name the time column with --time; there are " + String.join(", ", header.titles()));
  }

  private static boolean fits(TimeFormat format, String text) {
    try {
      format.parse(text.strip());
      return true;
    } catch (Unfit e) {
      return false;
    }
  }

  private static TimeColumn accept(ColumnSample column, Candidate candidate) {
    if (candidate.finding().certainty() == Certainty.AMBIGUOUS) {
      throw CommandException.usage(
          "the dates of column \"%s\" can be day first or month first, as %s"
              .formatted(column.name(), candidate.finding().example()),
          "say which with --time-format '%s' or '%s'"
              .formatted(
                  DatePatterns.of(column.values(), true).orElse("dd/MM/yyyy"),
                  DatePatterns.of(column.values(), false).orElse("MM/dd/yyyy")));
    }
    return new TimeColumn(candidate.index(), candidate.finding().format());
  }

  private static CommandException noneFound(Header header) {
    return CommandException.usage(
        "no column looks like a time",
        "name it with --time, and its format with --time-format; there are "
            + String.join(", ", header.titles()));
  }
}
