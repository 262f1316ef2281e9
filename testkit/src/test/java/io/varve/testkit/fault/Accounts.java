package io.varve.testkit.fault;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was said about each row of a round, in the order the rows were offered, and whether the
 * table agrees. Not thread-safe.
 */
final class Accounts {

  private static final int MOST_PROBLEMS = 10;

  private record Entry(Numbered row, Fate fate) {}

  private final boolean keyed;
  private final boolean lastCounts;
  private final List<Entry> entries = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * @param keyed whether the table has a key
   * @param lastCounts whether, of acknowledged rows with the same key, the last one must be there
   */
  Accounts(boolean keyed, boolean lastCounts) {
    this.keyed = keyed;
    this.lastCounts = lastCounts;
  }

  void note(Numbered row, Fate fate) {
    entries.add(new Entry(row, fate));
    if (row.isBad() && fate == Fate.ACKNOWLEDGED) {
      problem("a row the table refuses was acknowledged: " + row);
    }
    if (!row.isBad() && fate == Fate.REFUSED) {
      problem("a good row was refused: " + row);
    }
  }

  void problem(String what) {
    problems.add(what);
  }

  /** So many rows per fate. */
  Map<Fate, Integer> totals() {
    Map<Fate, Integer> totals = new EnumMap<>(Fate.class);
    for (Fate fate : Fate.values()) {
      totals.put(fate, 0);
    }
    entries.forEach(entry -> totals.merge(entry.fate(), 1, Integer::sum));
    return totals;
  }

  /**
   * Compares with the numbers in the table; returns what does not agree.
   *
   * @param stored how often each number is there
   */
  List<String> compare(Map<Long, Integer> stored) {
    Map<String, List<Entry>> groups = new LinkedHashMap<>();
    for (Entry entry : entries) {
      String group = keyed ? entry.row().key() : Long.toString(entry.row().number());
      groups.computeIfAbsent(group, key -> new ArrayList<>()).add(entry);
    }
    Map<Long, Integer> unexpected = new HashMap<>(stored);
    groups.values().forEach(group -> compare(group, stored, unexpected));
    if (!unexpected.isEmpty()) {
      problem(unexpected.size() + " rows are there that nobody offered");
    }
    return problems.size() <= MOST_PROBLEMS
        ? problems
        : List.of(
            String.join("\n  ", problems.subList(0, MOST_PROBLEMS)),
            "and " + (problems.size() - MOST_PROBLEMS) + " more");
  }

  /** The rows of one key, or the one row of a number. */
  private void compare(
      List<Entry> group, Map<Long, Integer> stored, Map<Long, Integer> unexpected) {
    int there = 0;
    Entry lastAcknowledged = null;
    boolean doubtful = false;
    for (Entry entry : group) {
      int times = stored.getOrDefault(entry.row().number(), 0);
      unexpected.remove(entry.row().number());
      there += times;
      doubtful |= entry.fate() == Fate.IN_DOUBT;
      if (entry.fate() == Fate.ACKNOWLEDGED) {
        lastAcknowledged = entry;
      }
      if (times > 0 && (entry.fate() == Fate.ABSENT || entry.fate() == Fate.REFUSED)) {
        problem("said to be %s, but there: %s".formatted(entry.fate(), entry.row()));
      }
    }
    if (there > 1) {
      problem("there %d times: %s".formatted(there, group));
    }
    if (lastAcknowledged != null && there == 0) {
      problem("acknowledged, but not there: " + lastAcknowledged.row());
    }
    if (lastAcknowledged != null
        && lastCounts
        && !doubtful
        && stored.getOrDefault(lastAcknowledged.row().number(), 0) == 0) {
      problem("not the last one is there: " + group);
    }
  }
}
