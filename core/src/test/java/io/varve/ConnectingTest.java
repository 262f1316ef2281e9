package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong before the first statement, and what is said about it. */
final class ConnectingTest {

  @Test
  void refusedPortIsReportedWithTheTarget() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    assertThatThrownBy(() -> builder("jdbc:postgresql://127.0.0.1:" + port + "/metrics").connect())
        .isInstanceOf(ConnectionException.class)
        .hasMessage(
            "connecting to 127.0.0.1:%d/metrics as me: Connection to 127.0.0.1:%d refused; is the"
                + " server running there, and does it listen on that address?",
            port, port);
  }

  @Test
  void unknownHostIsReported() {
    assertThatThrownBy(() -> builder("jdbc:postgresql://db.invalid/metrics").connect())
        .isInstanceOf(ConnectionException.class)
        .hasMessage(
            "connecting to db.invalid:5432/metrics as me: The connection attempt failed; there is"
                + " no host db.invalid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"prefer", "disable", "verify-full"})
  void silentServerIsGivenUp(String sslMode) throws IOException {
    try (FakeServer server = FakeServer.silent()) {
      VarveBuilder builder =
          builder(server.url())
              .set(Setting.CONNECT_TIMEOUT, "100 ms")
              .set(Setting.SSLMODE, sslMode);
      assertThatThrownBy(builder::connect)
          .isInstanceOf(ConnectionException.class)
          .hasMessage(
              "connecting to 127.0.0.1:%d/metrics as me: Connection attempt timed out",
              server.port());
    }
  }

  @Test
  void serverThatFallsSilentAfterItsGreetingIsGivenUp() throws IOException {
    try (FakeServer server = FakeServer.silentAfterGreeting()) {
      VarveBuilder builder = builder(server.url()).set(Setting.CONNECT_TIMEOUT, "1 s");
      assertThatThrownBy(builder::connect)
          .isInstanceOf(ConnectionException.class)
          .hasMessageStartingWith("connecting to 127.0.0.1:%d/metrics as me: ", server.port());
    }
  }

  @Test
  void whatIsNoPostgresIsSuspected() throws IOException {
    try (FakeServer server = FakeServer.start(client -> FakeServer.answerTls(client, 'H'))) {
      assertThatThrownBy(() -> builder(server.url()).connect())
          .isInstanceOf(ConnectionException.class)
          .hasMessageStartingWith("connecting to 127.0.0.1:%d/metrics as me: ", server.port())
          .hasMessageEndingWith("; is it a PostgreSQL server that answers there?");
    }
  }

  @Test
  void missingPasswordIsAskedFor() throws IOException {
    try (FakeServer server = FakeServer.askingForPassword()) {
      assertThatThrownBy(() -> builder(server.url()).connect())
          .isInstanceOf(AccessException.class)
          .hasMessage(
              "connecting to 127.0.0.1:%d/metrics as me: The server requested SCRAM-based"
                  + " authentication, but no password was provided; set the password:"
                  + " VARVE_PASSWORD, PGPASSWORD, a password-file or ~/.pgpass",
              server.port());
    }
  }

  @Test
  void fullServerSaysSo() throws IOException {
    try (FakeServer server = FakeServer.refusing("53300", "sorry, too many clients already")) {
      assertThatThrownBy(() -> builder(server.url()).connect())
          .isInstanceOf(CapacityException.class)
          .hasMessage(
              "connecting to 127.0.0.1:%d/metrics as me: sorry, too many clients already; close"
                  + " idle connections, lower pool-size, or raise the server's max_connections",
              server.port());
    }
  }

  @Test
  void startingServerIsTriedAgain() throws IOException {
    try (FakeServer server = FakeServer.refusing("57P03", "the database system is starting up")) {
      VarveBuilder builder =
          builder(server.url()).set(Setting.RETRY_ATTEMPTS, "3").set(Setting.RETRY_BUDGET, "1 min");
      assertThatThrownBy(builder::connect)
          .isInstanceOf(ConnectionException.class)
          .hasMessageEndingWith(
              "the database system is starting up; the server is starting or stopping: wait");
      assertThat(server.clients()).isEqualTo(3);
    }
  }

  @Test
  void wrongPasswordIsNotTriedAgain() throws IOException {
    try (FakeServer server = FakeServer.refusing("28P01", "password authentication failed")) {
      VarveBuilder builder = builder(server.url()).set(Setting.RETRY_ATTEMPTS, "3");
      assertThatThrownBy(builder::connect)
          .isInstanceOf(AccessException.class)
          .hasMessageEndingWith("password authentication failed; check the password");
      assertThat(server.clients()).isEqualTo(1);
    }
  }

  @Test
  void interruptedConnectingIsReportedAndRestored() throws IOException {
    try (FakeServer server = FakeServer.silent()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> builder(server.url()).connect())
          .isInstanceOf(ConnectionException.class)
          .hasMessage("connecting to 127.0.0.1:%d/metrics as me: interrupted", server.port());
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"require", "verify-ca", "verify-full"})
  void serverWithoutTlsIsRefusedWhereTlsIsRequired(String sslMode) throws IOException {
    try (FakeServer server = FakeServer.start(client -> FakeServer.answerTls(client, 'N'))) {
      assertThatThrownBy(() -> builder(server.url()).set(Setting.SSLMODE, sslMode).connect())
          .isInstanceOf(AccessException.class)
          .hasMessage(
              "connecting to 127.0.0.1:%d/metrics as me: The server does not support SSL; turn TLS"
                  + " on at the server, or, where the network can be trusted, set sslmode=prefer",
              server.port());
    }
  }

  @Test
  void certificateOfAnUnknownAuthorityIsRefused(@TempDir Path directory) throws Exception {
    SSLContext identity = identity(directory);
    try (FakeServer server = FakeServer.start(client -> answerWithTls(client, identity))) {
      VarveBuilder builder =
          builder(server.url())
              .set(Setting.SSLMODE, "verify-full")
              .set(Setting.SSL_ROOT_CERT, "system");
      assertThatThrownBy(builder::connect)
          .isInstanceOf(AccessException.class)
          .hasMessageStartingWith(
              "connecting to 127.0.0.1:%d/metrics as me: SSL error: ", server.port())
          .hasMessageContaining("PKIX path building failed")
          .hasMessageEndingWith(
              "set ssl-root-cert to the certificate of the authority that signs the server's"
                  + " (\"system\" for those Java trusts), and use the host name in the server's"
                  + " certificate");
    }
  }

  @Test
  void certificateOfAnotherHostIsRefused(@TempDir Path directory) throws Exception {
    SSLContext identity = identity(directory);
    try (FakeServer server = FakeServer.start(client -> answerWithTls(client, identity))) {
      VarveBuilder builder =
          builder(server.url())
              .set(Setting.SSLMODE, "verify-full")
              .set(Setting.SSL_ROOT_CERT, directory.resolve("root.crt").toString());
      assertThatThrownBy(builder::connect)
          .isInstanceOf(AccessException.class)
          .hasMessageStartingWith(
              "connecting to 127.0.0.1:%d/metrics as me: The hostname 127.0.0.1 could not be"
                  + " verified",
              server.port());
    }
  }

  @Test
  void missingAuthoritiesAreAskedFor() throws IOException {
    try (FakeServer server = FakeServer.start(client -> FakeServer.answerTls(client, 'S'))) {
      // Found in the home directory of whoever runs this test, the file would be used.
      assertThat(Path.of(System.getProperty("user.home"), ".postgresql", "root.crt"))
          .doesNotExist();
      assertThatThrownBy(() -> builder(server.url()).set(Setting.SSLMODE, "verify-ca").connect())
          .isInstanceOf(AccessException.class)
          .hasMessageContaining("root.crt")
          .hasMessageContaining("set ssl-root-cert");
    }
  }

  private static VarveBuilder builder(String url) {
    return new VarveBuilder(Map.of("user.name", "me"), Map.of()).set(Setting.URL, url);
  }

  private static void answerWithTls(Socket client, SSLContext identity) throws IOException {
    FakeServer.answerTls(client, 'S');
    try (SSLSocket tls =
        (SSLSocket)
            identity.getSocketFactory().createSocket(client, null, client.getPort(), true)) {
      tls.setUseClientMode(false);
      tls.startHandshake();
      tls.getInputStream().read();
    }
  }

  /** A self-signed certificate for "elsewhere.example", also written to {@code root.crt}. */
  private static SSLContext identity(Path directory) throws Exception {
    Path file = directory.resolve("identity.p12");
    char[] password = "changeit".toCharArray();
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(password),
                "-keyalg",
                "EC",
                "-dname",
                "CN=elsewhere.example",
                "-ext",
                "SAN=dns:elsewhere.example")
            .redirectErrorStream(true)
            .start();
    assertThat(new String(keytool.getInputStream().readAllBytes())).isNotNull();
    assertThat(keytool.waitFor()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password);
    }
    writePem(store.getCertificate(store.aliases().nextElement()), directory.resolve("root.crt"));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static void writePem(Certificate certificate, Path file) throws Exception {
    Files.writeString(
        file,
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
            + "\n-----END CERTIFICATE-----\n");
  }
}
