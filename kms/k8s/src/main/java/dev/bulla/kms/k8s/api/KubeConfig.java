package dev.bulla.kms.k8s.api;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.MalformedInputException;
import dev.bulla.error.Quoted;
import dev.bulla.keys.kms.KmsContext;
import dev.bulla.keys.kms.KmsTrust;
import dev.bulla.limits.LimitedInput;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the API server: in the files that {@code KUBECONFIG} names, merged, else in {@code
 * ~/.kube/config}, by the current context; with none of them, in the pod's service account.
 */
final class KubeConfig {

  private static final int MAX_FILES = 64;
  private static final int MAX_TOKEN = 64 << 10;

  private KubeConfig() {}

  static Connection connection(KmsContext context, Path serviceAccount) throws KeyException {
    try {
      List<Yaml> files = files(context);
      Optional<String> current = Optional.empty();
      for (Yaml file : files) {
        current = current.isPresent() ? current : file.text("current-context");
      }
      if (current.isEmpty()) {
        return inCluster(context, serviceAccount);
      }
      Yaml chosen = entry(files, "contexts", "context", current.get());
      Yaml cluster = entry(files, "clusters", "cluster", chosen.text("cluster").orElse(""));
      Optional<String> user = chosen.text("user");
      return connection(
          context,
          cluster,
          user.isPresent()
              ? Optional.of(entry(files, "users", "user", user.get()))
              : Optional.empty());
    } catch (MalformedInputException | IOException e) {
      throw unusable(e.getMessage() == null ? "it cannot be read" : e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      // of paths, programs and variables that no system has; its message may show what they hold
      throw unusable("it names a file or a variable that cannot be", null);
    }
  }

  /** Files that are named and not there are passed over, as kubectl does. */
  private static List<Yaml> files(KmsContext context) throws IOException, MalformedInputException {
    List<Path> paths = new ArrayList<>();
    Optional<String> named = context.variable("KUBECONFIG");
    if (named.isPresent()) {
      for (String path : named.get().split(File.pathSeparator, MAX_FILES)) {
        if (!path.isEmpty()) {
          paths.add(context.directory().resolve(path));
        }
      }
    } else {
      context.home().ifPresent(home -> paths.add(home.resolve(".kube").resolve("config")));
    }
    List<Yaml> files = new ArrayList<>();
    for (Path path : paths) {
      try {
        files.add(Yaml.read(path));
      } catch (NoSuchFileException e) {
        // as kubectl, which passes over what is not there
      }
    }
    return files;
  }

  /** The first entry of that name wins, as a whole. */
  private static Yaml entry(List<Yaml> files, String list, String kind, String name)
      throws MalformedInputException, KeyException {
    for (Yaml file : files) {
      for (Yaml entry : file.mappings(list)) {
        if (entry.text("name").orElse("").equals(name)) {
          return entry
              .mapping(kind)
              .orElseThrow(() -> new MalformedInputException("kubeconfig", "an empty " + kind));
        }
      }
    }
    throw unusable("there is no " + kind + " " + Quoted.plain(name), null);
  }

  private static Connection connection(KmsContext context, Yaml cluster, Optional<Yaml> user)
      throws MalformedInputException, IOException, KeyException {
    for (String name : new String[] {"tls-server-name", "proxy-url"}) {
      if (cluster.has(name)) {
        throw unusable(name + " is not supported in this version of bulla", null);
      }
    }
    URI server = server(cluster.text("server").orElse(""));
    Optional<Bytes> authority = cluster.content("certificate-authority");
    KmsTrust trust;
    if (cluster.isTrue("insecure-skip-tls-verify")) {
      context
          .warnings()
          .accept("insecure-skip-tls-verify is set: whoever is on the way can read the keys");
      trust = KmsTrust.insecureAnyCertificate();
    } else if (authority.isPresent()) {
      trust = KmsTrust.ofPem(authority.get(), "the kubeconfig's certificate-authority");
    } else {
      trust = KmsTrust.of(context, Optional.empty(), Optional.empty());
    }
    Connection anonymous = new Connection(server, trust, Optional.empty(), Optional.empty());
    return user.isPresent() ? as(user.get(), anonymous, context) : anonymous;
  }

  private static Connection as(Yaml user, Connection server, KmsContext context)
      throws MalformedInputException, IOException, KeyException {
    for (String name : new String[] {"auth-provider", "as", "as-uid", "as-groups"}) {
      if (user.has(name)) {
        throw unusable(name + " is not supported in this version of bulla", null);
      }
    }
    Optional<Bytes> certificate = user.content("client-certificate");
    Optional<Bytes> key = user.content("client-key");
    if (certificate.isPresent() != key.isPresent()) {
      throw unusable("client-certificate and client-key belong together", null);
    }
    Optional<Connection.Identity> identity =
        certificate.map(shown -> new Connection.Identity(shown, key.orElse(Bytes.EMPTY)));
    Optional<String> authorization = authorization(user);
    Optional<Yaml> exec = user.mapping("exec");
    if (exec.isPresent() && authorization.isEmpty() && identity.isEmpty()) {
      return ExecCredential.ask(exec.get(), server, context);
    }
    return new Connection(server.server(), server.trust(), authorization, identity);
  }

  private static Optional<String> authorization(Yaml user)
      throws MalformedInputException, IOException, KeyException {
    Optional<String> file = user.text("tokenFile");
    Optional<String> token =
        file.isPresent()
            ? Optional.of(user.file(file.get(), "token").toUtf8String("token").strip())
            : user.text("token");
    if (token.isPresent()) {
      return Optional.of(bearer(token.get()));
    }
    Optional<String> name = user.text("username");
    return name.isPresent()
        ? Optional.of(
            "Basic "
                + Base64Text.encode(
                    Bytes.utf8(name.get() + ":" + user.text("password").orElse(""))))
        : Optional.empty();
  }

  /** Line breaks would end the header that carries it. */
  static String bearer(String token) throws KeyException {
    if (token.isEmpty() || token.chars().anyMatch(c -> c <= 0x20 || c >= 0x7f)) {
      throw KeyException.of(
          Problem.NOT_AUTHENTICATED, "the Kubernetes token is not a token", null, null);
    }
    return "Bearer " + token;
  }

  /** Credentials travel over TLS, or stay on this machine. */
  private static URI server(String text) throws KeyException {
    try {
      URI server = new URI(text.replaceAll("/+$", ""));
      boolean safe =
          "https".equals(server.getScheme())
              || ("http".equals(server.getScheme())
                  && List.of("127.0.0.1", "localhost", "[::1]")
                      .contains(String.valueOf(server.getHost())));
      if (safe
          && server.getHost() != null
          && server.getRawUserInfo() == null
          && server.getRawQuery() == null
          && server.getRawFragment() == null) {
        return server;
      }
    } catch (URISyntaxException e) {
      // its message would show the text, which may hold a password
    }
    throw unusable("the cluster's server is not an address of https://", null);
  }

  private static Connection inCluster(KmsContext context, Path folder)
      throws IOException, MalformedInputException, KeyException {
    Optional<String> host = context.variable("KUBERNETES_SERVICE_HOST");
    Optional<String> port = context.variable("KUBERNETES_SERVICE_PORT");
    if (host.isEmpty() || port.isEmpty()) {
      throw KeyException.of(
          Problem.MISCONFIGURED,
          "error creating REST client config in-cluster: unable to load in-cluster configuration,"
              + " KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined",
          "there is no kubeconfig with a current context either; set KUBECONFIG",
          null);
    }
    String address = host.get().contains(":") ? "[" + host.get() + "]" : host.get();
    String token = small(folder.resolve("token")).toUtf8String("token").strip();
    return new Connection(
        server("https://" + address + ":" + port.get()),
        KmsTrust.ofPem(small(folder.resolve("ca.crt")), "the service account's ca.crt"),
        Optional.of(bearer(token)),
        Optional.empty());
  }

  private static Bytes small(Path file) throws IOException, MalformedInputException {
    try (InputStream in = Files.newInputStream(file)) {
      return LimitedInput.readAll(in, MAX_TOKEN, "service account");
    }
  }

  static KeyException unusable(String reason, @Nullable Throwable cause) {
    return KeyException.of(
        Problem.MISCONFIGURED,
        "the kubeconfig cannot be used: " + Quoted.plain(reason),
        "`kubectl config view --minify` shows what counts",
        cause);
  }
}
