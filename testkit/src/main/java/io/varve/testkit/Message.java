package io.varve.testkit;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A message of PostgreSQL's protocol after the start-up packet: its type, and what follows. */
record Message(char type, byte[] body) {

  private static final char QUERY = 'Q';
  private static final char READY_FOR_QUERY = 'Z';
  private static final char COPY_IN_RESPONSE = 'G';

  /**
   * Waits for a whole message.
   *
   * @throws java.io.EOFException at the end
   */
  static Message read(DataInputStream in) throws IOException {
    char type = (char) in.readUnsignedByte();
    int length = in.readInt();
    if (length < Integer.BYTES) {
      throw new IOException("message " + type + " of " + length + " bytes; expected 4 or more");
    }
    byte[] body = new byte[length - Integer.BYTES];
    in.readFully(body);
    return new Message(type, body);
  }

  void writeTo(DataOutputStream out) throws IOException {
    out.writeByte(type);
    out.writeInt(body.length + Integer.BYTES);
    out.write(body);
  }

  /** Whether the server is waiting for the client with it. */
  boolean endsRoundTrip() {
    return type == READY_FOR_QUERY || type == COPY_IN_RESPONSE;
  }

  /** Whether the server asks for the rows of a COPY with it. */
  boolean asksForRows() {
    return type == COPY_IN_RESPONSE;
  }

  /** Whether the server has done all it was asked. */
  boolean isReady() {
    return type == READY_FOR_QUERY;
  }

  boolean isQuery() {
    return type == QUERY;
  }

  /** The text that starts at that byte and ends with a zero, one character per byte. */
  String text(int from) {
    int end = from;
    while (end < body.length && body[end] != 0) {
      end++;
    }
    return new String(body, from, end - from, StandardCharsets.ISO_8859_1);
  }
}
