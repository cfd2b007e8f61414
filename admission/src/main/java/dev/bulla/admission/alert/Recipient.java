package dev.bulla.admission.alert;

import dev.bulla.admission.config.AlertConfig;
import dev.bulla.admission.config.AlertConfig.Header;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.limits.LimitedInput;
import dev.bulla.registry.transport.Headers;
import dev.bulla.registry.transport.HttpTransport;
import dev.bulla.registry.transport.HttpUrl;
import dev.bulla.registry.transport.RequestBody;
import dev.bulla.registry.transport.TransportException;
import dev.bulla.registry.transport.TransportRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One receiver with everything that is needed to tell it; made while the configuration loads. */
final class Recipient {

  /** For each of two tries. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final int MAX_HEADER = 16 << 10;

  private final AlertConfig.Receiver receiver;
  private final Template template;
  private final HttpUrl url;
  private final Headers headers;

  private Recipient(
      AlertConfig.Receiver receiver, Template template, HttpUrl url, Headers headers) {
    this.receiver = receiver;
    this.template = template;
    this.url = url;
    this.headers = headers;
  }

  /**
   * Gets everything together.
   *
   * @param templates folder of the user's templates
   * @param secrets folder in which each secret is a folder of files
   */
  static Recipient of(
      AlertConfig.Receiver receiver, Optional<Path> templates, Optional<Path> secrets)
      throws BullaException {
    try {
      return new Recipient(
          receiver,
          Templates.load(receiver.template(), templates),
          HttpUrl.parse(receiver.url()),
          headers(receiver, secrets));
    } catch (MalformedInputException e) {
      // its text would show the address
      throw new ConfigurationException("alert receiver " + receiver.name() + ": no usable URL");
    }
  }

  private static Headers headers(AlertConfig.Receiver receiver, Optional<Path> secrets)
      throws ConfigurationException {
    List<Headers.Field> fields = new ArrayList<>();
    fields.add(new Headers.Field("Content-Type", "application/json"));
    for (Header header : receiver.headers()) {
      String value =
          header instanceof Header.Plain plain
              ? plain.value()
              : secret((Header.FromSecret) header, receiver, secrets);
      fields.removeIf(field ->
          field.name().equals("Content-Type") && header.name().equalsIgnoreCase(field.name()));
      fields.add(new Headers.Field(header.name(), value));
    }
    Headers.Builder headers = Headers.builder();
    fields.forEach(field -> headers.add(field.name(), field.value()));
    return headers.build();
  }

  private static String secret(
      Header.FromSecret header, AlertConfig.Receiver receiver, Optional<Path> secrets)
      throws ConfigurationException {
    String what = "alert receiver " + receiver.name() + ": header " + header.name();
    if (secrets.isEmpty()) {
      throw new ConfigurationException(what + ": there is no folder of secrets");
    }
    Path file = secrets.get().resolve(header.secret()).resolve(header.key());
    try (InputStream in = Files.newInputStream(file)) {
      Bytes content = LimitedInput.readAll(in, MAX_HEADER, what);
      String value = content.toUtf8String(what).strip();
      if (!Headers.isFieldValue(value)) {
        throw new ConfigurationException(what + ": the secret is no value of a header");
      }
      return value;
    } catch (IOException e) {
      throw new ConfigurationException(
          what + ": secret " + Quoted.text(header.secret()) + " cannot be read", e);
    } catch (MalformedInputException e) {
      throw new ConfigurationException(what + ": the secret is no value of a header");
    }
  }

  String name() {
    return receiver.name();
  }

  boolean isMandatory() {
    return receiver.mandatory();
  }

  /**
   * Tells it; a second time when the first try fails for a reason that may pass.
   *
   * @return why it could not be told
   */
  Optional<String> tell(Map<String, String> values, HttpTransport transport)
      throws InterruptedException {
    Optional<Bytes> body;
    try {
      body = template.render(priority(values), receiver.payloadFields());
    } catch (ConfigurationException e) {
      return Optional.of(e.message());
    }
    if (body.isEmpty()) {
      return Optional.empty();
    }
    Attempt first = send(body.get(), transport);
    return first.mayPass() ? send(body.get(), transport).failure() : first.failure();
  }

  private Map<String, String> priority(Map<String, String> values) {
    Map<String, String> all = new HashMap<>(values);
    all.put("priority", Integer.toString(receiver.priority()));
    return all;
  }

  /**
   * How sending went.
   *
   * @param mayPass whether another try makes sense
   */
  private record Attempt(Optional<String> failure, boolean mayPass) {}

  private Attempt send(Bytes body, HttpTransport transport) throws InterruptedException {
    TransportRequest request =
        new TransportRequest("POST", url, headers, RequestBody.of(body), TIMEOUT);
    try {
      int status = transport.exchange(request, response -> response.status());
      return status / 100 == 2
          ? new Attempt(Optional.empty(), false)
          : new Attempt(
              Optional.of("the receiver answered with status " + status),
              status >= 500 || status == 429);
    } catch (TransportException e) {
      return new Attempt(Optional.of("the receiver cannot be reached: " + e.kind()), true);
    } catch (IOException e) {
      return new Attempt(Optional.of("the connection to the receiver broke"), true);
    } catch (BullaException e) {
      return new Attempt(Optional.of("the receiver cannot be asked: " + e.code()), false);
    }
  }
}
