package dev.bulla.cli.command;

import dev.bulla.Progress;
import dev.bulla.bundle.Bundle;
import dev.bulla.oci.DigestReference;
import dev.bulla.oci.Repository;
import java.util.ArrayList;
import java.util.List;

/** Says what signing one manifest does, and remembers what cannot be undone. */
final class Recording implements Progress {

  private final CommandContext context;
  private final boolean talks;
  private final List<Long> entries = new ArrayList<>();

  Recording(CommandContext context, boolean talks) {
    this.context = context;
    this.talks = talks;
  }

  @Override
  public void signing() {
    if (talks) {
      context.err().println("Signing artifact...");
    }
  }

  @Override
  public void recorded(Bundle.LogEntry entry) {
    entries.add(entry.logIndex());
  }

  @Override
  public void pushing(Repository image) {
    if (talks) {
      context.err().println("Pushing signature to: " + image);
    }
  }

  /** After a failure: what is in a log although the signature may not be beside the image. */
  void tellWhatStays(DigestReference image) {
    for (long index : entries) {
      context.note(
          "the transparency log has an entry of this attempt to sign "
              + image
              + ", with index "
              + index
              + "; it stays there, and signing again adds another one");
    }
  }
}
