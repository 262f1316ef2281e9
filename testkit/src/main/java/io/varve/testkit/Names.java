package io.varve.testkit;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Names and passwords nobody else has. */
final class Names {

  private static final int LABEL_LENGTH = 40;

  private Names() {}

  /** {@code varve_label_random}, a plain identifier within PostgreSQL's 63 bytes. */
  static String unique(String label) {
    String plain = label.replaceAll("[^a-z0-9_]", "");
    String cut = plain.substring(0, Math.min(plain.length(), LABEL_LENGTH));
    return "varve_" + cut + "_" + random(4);
  }

  static String password() {
    return random(16);
  }

  private static String random(int bytes) {
    byte[] random = new byte[bytes];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
