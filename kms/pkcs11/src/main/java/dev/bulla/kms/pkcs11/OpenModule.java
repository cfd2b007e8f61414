package dev.bulla.kms.pkcs11;

import dev.bulla.error.KeyException;
import dev.bulla.error.KeyException.Problem;
import dev.bulla.error.Quoted;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A module that is loaded and initialised, for one user of it. */
final class OpenModule implements AutoCloseable {

  /** {@code CKF_OS_LOCKING_OK}, at its place in {@code CK_C_INITIALIZE_ARGS}. */
  private static final long OS_LOCKING_OK = 2;

  private static final long FLAGS_AT = 32;
  private static final long ARGUMENTS_BYTES = 48;

  /** A module has one state for the whole process, so all users of a file share one of these. */
  private static final Map<Path, Shared> LOADED = new HashMap<>();

  private static final class Shared {
    final Cryptoki functions;
    int users;
    boolean ours;

    Shared(Cryptoki functions) {
      this.functions = functions;
    }
  }

  private final Shared shared;
  private boolean closed;

  private OpenModule(Shared shared) {
    this.shared = shared;
  }

  /**
   * Loads a module, which is the user's choice: its code runs in this process.
   *
   * @throws KeyException in cosign's words when it is not named as it has to be
   */
  static OpenModule open(String modulePath, TokenFailures failures) throws KeyException {
    if (!Cryptoki.isPlatformKnown()) {
      throw misconfigured(
          "keys on PKCS #11 tokens cannot be used on this platform yet",
          "64-bit Linux and macOS are supported; Windows is not yet",
          null);
    }
    Path file = check(modulePath);
    try {
      return open(file);
    } catch (CryptokiException e) {
      throw failures.of(e);
    }
  }

  private static OpenModule open(Path file) throws KeyException, CryptokiException {
    synchronized (LOADED) {
      Shared shared = LOADED.get(file);
      if (shared == null) {
        shared =
            new Shared(
                Cryptoki.load(file)
                    .orElseThrow(() ->
                        misconfigured(
                            Quoted.plain(file.toString())
                                + " is no PKCS #11 module for this"
                                + " machine",
                            "it has to be a shared library that Java can load",
                            null)));
        LOADED.put(file, shared);
      }
      if (shared.users == 0) {
        shared.ours = initialise(shared.functions);
      }
      shared.users++;
      return new OpenModule(shared);
    }
  }

  /** Whether it was us; somebody else in this process may have done it before. */
  private static boolean initialise(Cryptoki functions) throws CryptokiException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment arguments = arena.allocate(ARGUMENTS_BYTES, Long.BYTES);
      arguments.set(ValueLayout.JAVA_LONG, FLAGS_AT, OS_LOCKING_OK);
      long result = functions.result(Cryptoki.Function.C_INITIALIZE, arguments);
      if (result == ReturnCode.CANT_LOCK || result == ReturnCode.ARGUMENTS_BAD) {
        // it gets one call at a time in any case
        result = functions.result(Cryptoki.Function.C_INITIALIZE, MemorySegment.NULL);
      }
      if (result != ReturnCode.OK && result != ReturnCode.ALREADY_INITIALIZED) {
        throw new CryptokiException(Cryptoki.Function.C_INITIALIZE.symbol(), result);
      }
      return result == ReturnCode.OK;
    }
  }

  private static Path check(String modulePath) throws KeyException {
    String opening = "opening pkcs11 token key: ";
    Path path;
    try {
      path = Path.of(modulePath);
    } catch (InvalidPathException e) {
      throw misconfigured(opening + "access modulePath: invalid argument", null, e);
    }
    if (!path.isAbsolute()) {
      throw misconfigured(
          opening + "modulePath does not point to an absolute path",
          "a module is named by its whole path, such as /usr/lib/softhsm/libsofthsm2.so",
          null);
    }
    try {
      Path real = path.toRealPath();
      if (!Files.isRegularFile(real)) {
        throw misconfigured(opening + "modulePath does not point to a regular file", null, null);
      }
      return real;
    } catch (NoSuchFileException e) {
      throw misconfigured(
          opening
              + "access modulePath: stat "
              + Quoted.plain(modulePath)
              + ": no such file or directory",
          null,
          e);
    } catch (IOException e) {
      throw misconfigured(
          opening + "access modulePath: stat " + Quoted.plain(modulePath) + ": cannot be read",
          null,
          e);
    }
  }

  private static KeyException misconfigured(
      String message, @Nullable String hint, @Nullable Throwable cause) {
    return KeyException.of(Problem.MISCONFIGURED, message, hint, cause);
  }

  Cryptoki functions() {
    return shared.functions;
  }

  @Override
  public void close() {
    synchronized (LOADED) {
      if (closed) {
        return;
      }
      closed = true;
      shared.users--;
      if (shared.users == 0 && shared.ours) {
        try {
          shared.functions.call(Cryptoki.Function.C_FINALIZE, MemorySegment.NULL);
        } catch (CryptokiException e) {
          // nothing more is wanted of it
        }
      }
    }
  }
}
