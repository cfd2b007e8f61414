package dev.bulla.cli.command;

import dev.bulla.bytes.Base64Text;
import dev.bulla.bytes.Bytes;
import dev.bulla.cli.terminal.Io;
import dev.bulla.cli.terminal.Output;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.oci.Repository;
import dev.bulla.testkit.registry.EmbeddedRegistry;
import dev.bulla.testkit.registry.SampleImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Carries out {@code demo}: each step is a command line that a person could type, printed and then
 * run through the same entry point as a typed one.
 */
final class Demo {

  private static final String GENUINE = "hello from bulla";

  /** One byte away from the genuine text. */
  private static final String FORGED = "hello from bullb";

  private final CommandContext context;
  private final Path directory;
  private final EmbeddedRegistry registry;
  private final Map<String, String> environment;

  private Demo(CommandContext context, Path directory, EmbeddedRegistry registry) {
    this.context = context;
    this.directory = directory;
    this.registry = registry;
    this.environment = new HashMap<>(context.environment().asMap());
    environment.keySet().removeIf(name -> name.startsWith("COSIGN_") || name.startsWith("BULLA_"));
    environment.put("COSIGN_PASSWORD", throwAwayPassword());
    environment.put(CacheLocation.VARIABLE, CacheLocation.OFF);
  }

  /**
   * Runs the demo.
   *
   * @param keep the folder that keeps everything; empty for one that is removed at the end
   */
  static void run(CommandContext context, String keep) throws BullaException {
    Path directory = null;
    try {
      directory =
          keep.isEmpty()
              ? Files.createTempDirectory("bulla-demo")
              : Files.createDirectories(context.files().resolve(keep));
      Path content = Files.createDirectories(directory.resolve("registry"));
      try (EmbeddedRegistry registry =
          EmbeddedRegistry.start(EmbeddedRegistry.options().directory(content))) {
        new Demo(context, directory, registry).play();
      }
    } catch (IOException e) {
      throw new ConfigurationException("the demo could not use its folder: " + e.getMessage(), e);
    } finally {
      if (keep.isEmpty() && directory != null) {
        remove(directory);
      }
    }
  }

  private void play() throws BullaException {
    String host = registry.host();
    String app = host + "/demo/app";
    String image = at(app, SampleImage.image(GENUINE));
    String index = at(app, SampleImage.twoPlatforms(GENUINE));
    String forged = at(app, SampleImage.image(FORGED));

    say("A registry of our own, on a free port of this machine, for as long as the demo runs.");
    show("bulla registry serve --dir registry --listen " + host + " &");
    say("A small image, and an index of two, for two platforms.");
    run(0, "registry", "sample", app + ":v1");
    run(0, "registry", "sample", "--index", app + ":multi");
    say("Keys. The password protects the private one; this one is thrown away.");
    show("export COSIGN_PASSWORD=" + environment.get("COSIGN_PASSWORD"));
    run(0, "generate-key-pair");
    say("Nobody has signed yet, and every place where a signature could be says so: exit code 10.");
    run(10, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", image);
    say(
        "Sign in both formats; the image itself stays as it is. No log is used here, and we say so.");
    run(
        0,
        "sign",
        "--key",
        "cosign.key",
        "--tlog-upload=false",
        "--format",
        "both",
        "-a",
        "stage=demo",
        "--output-signature",
        "demo.sig",
        "--output-payload",
        "demo.json",
        image);
    run(0, "sign", "--key", "cosign.key", "--tlog-upload=false", "--recursive", index);
    say("Verify.");
    run(0, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", "-a", "stage=demo", image);
    run(0, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", index);
    say("What is kept beside the image.");
    run(0, "tree", image);
    say("Now somebody changes one byte of the image and pushes it under the same tag.");
    run(0, "registry", "sample", "--text", FORGED, app + ":v1");
    say("The tag names other content now, and nobody signed that: exit code 10.");
    run(10, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", app + ":v1");
    say(
        "Moving the good signature over does not help, since it says which image it is for: exit code 12.");
    run(0, "attach", "signature", "--signature", "demo.sig", "--payload", "demo.json", forged);
    run(12, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", app + ":v1");
    say("The image that was signed is still there, by its digest, and still good.");
    run(0, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog", image);
  }

  private static String at(String repository, SampleImage image) throws BullaException {
    return Repository.parse(repository).at(image.digest()).toString();
  }

  private void say(String text) {
    context.out().println();
    context.out().println("# " + text);
  }

  private void show(String command) {
    context.out().println("$ " + command);
  }

  private void run(int expected, String... arguments) throws ConfigurationException {
    StringBuilder typed = new StringBuilder("bulla");
    for (String argument : arguments) {
      typed.append(' ').append(argument.indexOf(' ') < 0 ? argument : "'" + argument + "'");
    }
    show(typed.toString());
    Output out = context.out();
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    int code =
        context.runLine(
            List.of(arguments),
            new Io(
                InputStream.nullInputStream(),
                shown,
                shown,
                environment,
                directory,
                dev.bulla.cli.terminal.Terminal.ABSENT));
    out.print(Bytes.of(shown.toByteArray()));
    if (code != expected) {
      throw new ConfigurationException(
          "the demo expected `"
              + typed
              + "` to end with "
              + expected
              + ", and it ended with "
              + code);
    }
    if (code != 0) {
      out.println("(exit code " + code + ", as it should be)");
    }
  }

  private static String throwAwayPassword() {
    byte[] random = new byte[9];
    new SecureRandom().nextBytes(random);
    return Base64Text.encodeUrlSafe(Bytes.owning(random));
  }

  private static void remove(Path directory) {
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // a temporary folder that stays behind is for the system to clean up
    }
  }
}
