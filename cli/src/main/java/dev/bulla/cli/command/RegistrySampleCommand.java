package dev.bulla.cli.command;

import dev.bulla.bytes.Bytes;
import dev.bulla.cli.flags.CommandSpec;
import dev.bulla.cli.flags.Flag;
import dev.bulla.cli.flags.ParsedFlags;
import dev.bulla.cli.flags.Positionals;
import dev.bulla.error.BullaException;
import dev.bulla.error.ConfigurationException;
import dev.bulla.error.RegistryException;
import dev.bulla.oci.Reference;
import dev.bulla.oci.TagReference;
import dev.bulla.registry.RegistryClient;
import dev.bulla.testkit.registry.SampleImage;

/** Pushes a small image, so that there is something to sign. */
final class RegistrySampleCommand implements Command {

  static final Flag<String> TEXT =
      Flag.text("text", "what the one file of the image says").orElse("hello from bulla");

  static final Flag<Boolean> INDEX =
      Flag.onOff("index", "push an index of two images, for two platforms");

  @Override
  public CommandSpec spec() {
    return CommandSpec.of("registry sample", "Push a small image, to have something to sign")
        .description(
            """
            Push a small but complete image: a configuration, one layer with a file hello.txt, a
            manifest. The same text gives the same digest. Prints the image's digest reference.\
            """)
        .example("bulla registry sample 127.0.0.1:5000/app:v1")
        .positionals("IMAGE", Positionals.exactly(1))
        .flags("Image", TEXT, INDEX)
        .flags(RegistryFlags.GROUP);
  }

  @Override
  public void run(ParsedFlags flags, CommandContext context) throws BullaException {
    if (!(Reference.parse(flags.arguments().get(0)) instanceof TagReference target)) {
      throw new ConfigurationException("an image is pushed to a tag, not to a digest");
    }
    String text = flags.get(TEXT);
    SampleImage image = flags.get(INDEX) ? SampleImage.twoPlatforms(text) : SampleImage.image(text);
    try (ImageSession session = ImageSession.openForWriting(flags, context)) {
      push(session.client(), target, image, target.tag());
    }
    context.out().println(target.repository().at(image.digest()).toString());
  }

  private static void push(
      RegistryClient client, TagReference target, SampleImage image, String tagOrDigest)
      throws RegistryException {
    for (Bytes blob : image.blobs().values()) {
      client.putBlob(target.repository(), blob);
    }
    for (SampleImage child : image.children()) {
      push(client, target, child, child.digest().toString());
    }
    client.putManifest(target.repository(), tagOrDigest, image.mediaType(), image.manifest());
  }
}
