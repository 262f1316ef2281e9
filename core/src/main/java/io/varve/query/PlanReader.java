package io.varve.query;

import io.varve.DatabaseException;
import io.varve.model.QualifiedName;
import io.varve.query.Explanation.Step;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Reads a plan as {@code EXPLAIN (ANALYZE, VERBOSE, FORMAT XML)} prints it: of PostgreSQL's formats
 * the one the JDK has a reader for. Steps that were never taken are left out.
 */
final class PlanReader {

  private static final double NANOS_PER_MILLI = 1e6;

  /** What text in PostgreSQL may have and XML 1.0 may not, not even escaped. */
  private static final Pattern NOT_XML =
      Pattern.compile("[^\\t\\n\\r\\x{20}-\\x{D7FF}\\x{E000}-\\x{FFFD}\\x{10000}-\\x{10FFFF}]");

  private final List<Step> steps = new ArrayList<>();

  private PlanReader() {}

  static Explanation read(Sql sql, String xml) {
    Element query = child(document(xml), "Query").orElseThrow();
    PlanReader reader = new PlanReader();
    child(query, "Plan").ifPresent(plan -> reader.read(plan, 0));
    return new Explanation(
        sql.text(),
        sql.binds().stream().map(bind -> TextLiteral.of(bind.value())).toList(),
        millis(number(query, "Planning-Time")),
        millis(number(query, "Execution-Time")),
        reader.steps);
  }

  private static Element document(String xml) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      DocumentBuilder builder = factory.newDocumentBuilder();
      // The usual one throws as well, but prints first.
      builder.setErrorHandler(new DefaultHandler());
      String held = NOT_XML.matcher(xml).replaceAll("\ufffd");
      return builder.parse(new InputSource(new StringReader(held))).getDocumentElement();
    } catch (ParserConfigurationException | SAXException | IOException e) {
      throw new DatabaseException("the server's plan cannot be read: " + e.getMessage(), null, e);
    }
  }

  private void read(Element plan, int depth) {
    double loops = number(plan, "Actual-Loops");
    if (loops > 0) {
      steps.add(
          new Step(
              depth,
              text(plan, "Node-Type").orElse("?"),
              table(plan),
              Math.round(number(plan, "Actual-Rows") * loops),
              millis(number(plan, "Actual-Total-Time") * loops)));
    }
    child(plan, "Plans")
        .ifPresent(plans -> children(plans).stream().forEach(each -> read(each, depth + 1)));
  }

  /** TimescaleDB's own steps bear the hypertable's name, but read its chunks in steps below. */
  private static Optional<String> table(Element plan) {
    boolean passesOn =
        text(plan, "Node-Type").filter("Custom Scan"::equals).isPresent()
            && child(plan, "Plans").isPresent();
    return passesOn
        ? Optional.empty()
        : text(plan, "Relation-Name")
            .map(name -> new QualifiedName(text(plan, "Schema").orElse("public"), name).toString());
  }

  private static Duration millis(double millis) {
    return Duration.ofNanos(Math.round(millis * NANOS_PER_MILLI));
  }

  private static double number(Element parent, String name) {
    return text(parent, name).map(Double::parseDouble).orElse(0.0);
  }

  private static Optional<String> text(Element parent, String name) {
    return child(parent, name).map(Node::getTextContent);
  }

  private static Optional<Element> child(Element parent, String name) {
    return children(parent).stream().filter(each -> each.getTagName().equals(name)).findFirst();
  }

  private static List<Element> children(Element parent) {
    return IntStream.range(0, parent.getChildNodes().getLength())
        .mapToObj(parent.getChildNodes()::item)
        .filter(Element.class::isInstance)
        .map(Element.class::cast)
        .toList();
  }
}
