package dev.bulla.kms.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.bulla.kms.pkcs11.Cryptoki.Function;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A module whose functions are lambdas, behind real function pointers in a list as modules have it.
 */
final class FakeModule implements AutoCloseable {

  /** One function; the arguments are {@code Long}, {@code Byte} and {@code MemorySegment}. */
  @FunctionalInterface
  interface Body {
    long call(Object[] arguments);
  }

  private final Arena arena = Arena.ofShared();
  private final MemorySegment list = arena.allocate(Cryptoki.LIST_BYTES, Long.BYTES);
  private final Map<Function, Body> bodies = new EnumMap<>(Function.class);
  private final List<String> calls = new ArrayList<>();

  FakeModule() {
    on(
        Function.C_OPEN_SESSION,
        arguments -> {
          number((MemorySegment) arguments[4], 77);
          return ReturnCode.OK;
        });
    on(Function.C_CLOSE_SESSION, arguments -> ReturnCode.OK);
    on(Function.C_FIND_OBJECTS_INIT, arguments -> ReturnCode.OK);
    on(Function.C_FIND_OBJECTS_FINAL, arguments -> ReturnCode.OK);
    on(Function.C_SIGN_INIT, arguments -> ReturnCode.OK);
  }

  /** Gives the module a function. */
  void on(Function function, Body body) {
    if (bodies.put(function, body) == null) {
      list.set(ADDRESS, function.offset(), pointer(function));
    }
  }

  private MemorySegment pointer(Function function) {
    MethodType type = function.descriptor().toMethodType();
    try {
      MethodHandle collector =
          MethodHandles.lookup()
              .findVirtual(
                  FakeModule.class,
                  "run",
                  MethodType.methodType(long.class, Function.class, Object[].class))
              .bindTo(this)
              .bindTo(function)
              .asCollector(Object[].class, type.parameterCount())
              .asType(type);
      return Linker.nativeLinker().upcallStub(collector, function.descriptor(), arena);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("UnusedMethod") // by its handle
  private long run(Function function, Object[] arguments) {
    calls.add(function.symbol());
    return bodies.get(function).call(arguments);
  }

  Cryptoki functions() {
    return Cryptoki.of(list);
  }

  /** The functions that were called, in their order. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  static void number(MemorySegment pointer, long value) {
    pointer.reinterpret(Long.BYTES).set(JAVA_LONG, 0, value);
  }

  static void bytes(MemorySegment pointer, byte[] value) {
    MemorySegment.copy(value, 0, pointer.reinterpret(value.length), JAVA_BYTE, 0, value.length);
  }

  @Override
  public void close() {
    arena.close();
  }
}
