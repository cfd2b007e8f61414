package dev.bulla.sigstore.tuf;

import dev.bulla.bytes.Bytes;
import dev.bulla.error.MalformedInputException;
import dev.bulla.limits.LimitedInput;
import dev.bulla.sigstore.tuf.TufException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** A repository that was copied into a folder, for networks that lead nowhere. */
public final class FolderTufSource implements TufSource {

  private final Path folder;

  public FolderTufSource(Path folder) {
    this.folder = folder;
  }

  @Override
  public Optional<Bytes> fetch(String path, int limit) throws TufException {
    if (!Files.isDirectory(folder)) {
      throw new TufException(Reason.UNREACHABLE, "the folder of the repository cannot be read");
    }
    try (InputStream in = Files.newInputStream(folder.resolve(path))) {
      return Optional.of(LimitedInput.readAll(in, limit, path));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new TufException(Reason.UNREACHABLE, path + " cannot be read", e);
    } catch (MalformedInputException e) {
      throw new TufException(Reason.MALFORMED, e.message(), e);
    }
  }
}
