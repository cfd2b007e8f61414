package dev.bulla.kms.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.bulla.error.BullaBug;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The functions of one module, called one at a time: modules are not relied on to be safe for
 * several threads.
 *
 * <p>Layout of 64-bit Unix: {@code CK_ULONG} and pointers have 8 bytes, structures are aligned
 * naturally, and the list of functions begins with a version padded to 8 bytes (2.40 §3.6).
 */
final class Cryptoki {

  /** The functions that are used: place in the list, and parameters. */
  enum Function {
    C_INITIALIZE(0, ADDRESS),
    C_FINALIZE(1, ADDRESS),
    C_GET_SLOT_LIST(4, JAVA_BYTE, ADDRESS, ADDRESS),
    C_GET_TOKEN_INFO(6, JAVA_LONG, ADDRESS),
    C_OPEN_SESSION(12, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS),
    C_CLOSE_SESSION(13, JAVA_LONG),
    C_LOGIN(18, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG),
    C_GET_ATTRIBUTE_VALUE(24, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG),
    C_FIND_OBJECTS_INIT(26, JAVA_LONG, ADDRESS, JAVA_LONG),
    C_FIND_OBJECTS(27, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS),
    C_FIND_OBJECTS_FINAL(28, JAVA_LONG),
    C_SIGN_INIT(42, JAVA_LONG, ADDRESS, JAVA_LONG),
    C_SIGN(43, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS),
    C_VERIFY_INIT(48, JAVA_LONG, ADDRESS, JAVA_LONG),
    C_VERIFY(49, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG),
    C_GENERATE_KEY_PAIR(
        59, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);

    private final int index;

    @SuppressWarnings("ImmutableEnumChecker") // descriptors are, and do not say so
    private final FunctionDescriptor descriptor;

    Function(int index, MemoryLayout... parameters) {
      this.index = index;
      this.descriptor = FunctionDescriptor.of(JAVA_LONG, parameters);
    }

    /** As the standard writes it. */
    String symbol() {
      StringBuilder symbol = new StringBuilder("C_");
      for (String word : name().substring(2).split("_")) {
        symbol.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
      }
      return symbol.toString();
    }

    FunctionDescriptor descriptor() {
      return descriptor;
    }

    /** Where its pointer is in the list of functions. */
    long offset() {
      return ADDRESS.byteSize() * (1L + index);
    }
  }

  /** How many pointers the list of version 2.40 has, behind the version. */
  private static final int FUNCTIONS = 68;

  static final long LIST_BYTES = ADDRESS.byteSize() * (1L + FUNCTIONS);

  private final MemorySegment functions;
  private final Map<Function, MethodHandle> handles = new EnumMap<>(Function.class);

  private Cryptoki(MemorySegment functions) {
    this.functions = functions;
  }

  /** Whether memory is laid out here as this class assumes: not so on Windows. */
  static boolean isPlatformKnown() {
    MemoryLayout nativeLong = Linker.nativeLinker().canonicalLayouts().get("long");
    return ADDRESS.byteSize() == Long.BYTES
        && nativeLong != null
        && nativeLong.byteSize() == Long.BYTES;
  }

  /**
   * Loads a module. It stays loaded until the process ends, since modules may have threads of their
   * own.
   *
   * @return nothing when the file is no module that can be loaded here
   */
  static Optional<Cryptoki> load(Path file) throws CryptokiException {
    SymbolLookup library;
    try {
      library = SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    Optional<MemorySegment> entry = library.find("C_GetFunctionList");
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    MethodHandle getFunctionList =
        Linker.nativeLinker()
            .downcallHandle(entry.get(), FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocate(ADDRESS);
      long result = invoke(getFunctionList, list);
      if (result != ReturnCode.OK) {
        throw new CryptokiException("C_GetFunctionList", result);
      }
      MemorySegment functions = list.get(ADDRESS, 0);
      return functions.equals(MemorySegment.NULL) ? Optional.empty() : Optional.of(of(functions));
    }
  }

  /** A module by its list of functions. */
  static Cryptoki of(MemorySegment functionList) {
    return new Cryptoki(functionList.reinterpret(LIST_BYTES));
  }

  /** Calls a function, and fails unless it succeeds. */
  void call(Function function, Object... arguments) throws CryptokiException {
    long result = result(function, arguments);
    if (result != ReturnCode.OK) {
      throw new CryptokiException(function.symbol(), result);
    }
  }

  /** Calls a function. */
  synchronized long result(Function function, Object... arguments) throws CryptokiException {
    MethodHandle handle = handles.get(function);
    if (handle == null) {
      MemorySegment address = functions.get(ADDRESS, function.offset());
      if (address.equals(MemorySegment.NULL)) {
        throw new CryptokiException(function.symbol(), ReturnCode.FUNCTION_NOT_SUPPORTED);
      }
      handle = Linker.nativeLinker().downcallHandle(address, function.descriptor());
      handles.put(function, handle);
    }
    return invoke(handle, arguments);
  }

  private static long invoke(MethodHandle handle, Object... arguments) {
    try {
      return (long) handle.invokeWithArguments(arguments);
      // Allowed: handles declare Throwable; a native function throws nothing, so this is our
      // mistake
    } catch (Throwable e) {
      throw new BullaBug("a call of a native function", e);
    }
  }
}
