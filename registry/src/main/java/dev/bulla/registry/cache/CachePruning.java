package dev.bulla.registry.cache;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Keeps a cache within its size: what was of no use for longest goes first. */
final class CachePruning {

  /** Unfinished files of this age belong to nobody any more. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  /** More files than this are not looked at in one go. */
  private static final int MAX_FILES = 200_000;

  private record Kept(Path file, long size, Instant lastUse) {}

  private final CacheFolder folder;

  CachePruning(CacheFolder folder) {
    this.folder = folder;
  }

  /**
   * Deletes the oldest files until the rest is a tenth below the limit, if there are more bytes
   * than that.
   *
   * @param below the folder whose sub-folders hold the files
   */
  void prune(Path below, long maxBytes, Instant now) {
    List<Kept> all = new ArrayList<>();
    long total = 0;
    for (Path subfolder : children(below)) {
      for (Path file : children(subfolder)) {
        if (all.size() == MAX_FILES) {
          break;
        }
        try {
          BasicFileAttributes attributes =
              Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
          Instant lastUse = attributes.lastModifiedTime().toInstant();
          if (isAbandoned(file, lastUse, now)) {
            folder.delete(file);
          } else {
            all.add(new Kept(file, attributes.size(), lastUse));
            total += attributes.size();
          }
        } catch (IOException | SecurityException e) {
          // gone meanwhile, or not ours to judge
        }
      }
    }
    if (total <= maxBytes) {
      return;
    }
    all.sort(Comparator.comparing(Kept::lastUse));
    for (Kept kept : all) {
      if (total <= maxBytes - maxBytes / 10) {
        return;
      }
      folder.delete(kept.file());
      total -= kept.size();
    }
  }

  private static boolean isAbandoned(Path file, Instant lastUse, Instant now) {
    return String.valueOf(file.getFileName()).startsWith(CacheFolder.TEMPORARY)
        && lastUse.isBefore(now.minus(ABANDONED));
  }

  private static List<Path> children(Path folder) {
    List<Path> children = new ArrayList<>();
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return children;
    }
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      for (Path child : stream) {
        children.add(child);
      }
    } catch (IOException | DirectoryIteratorException | SecurityException e) {
      // what could be listed is enough
    }
    return children;
  }
}
