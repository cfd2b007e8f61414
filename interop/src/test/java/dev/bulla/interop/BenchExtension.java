package dev.bulla.interop;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/**
 * Hands out the one {@link Bench} and the {@link Workplace} of each test, and shows what was called
 * when a test fails.
 */
final class BenchExtension implements ParameterResolver, AfterTestExecutionCallback {

  private static final Namespace OURS = Namespace.create(BenchExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Bench.class || type == Workplace.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Bench bench = bench(context);
    if (parameter.getParameter().getType() == Bench.class) {
      return bench;
    }
    // closed with the context it belongs to: a test's with the test, a constructor's with the class
    return context
        .getStore(OURS)
        .computeIfAbsent(
            Workplace.class, unused -> Workplace.create(bench.peers()), Workplace.class);
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    Workplace place = context.getStore(OURS).get(Workplace.class, Workplace.class);
    context
        .getExecutionException()
        .filter(failure -> !(failure instanceof TestAbortedException))
        .ifPresent(failure -> {
          System.err.println(
              "---- what ran in: "
                  + MatrixReport.cell(context)
                  + "\n"
                  + (place == null ? "" : place.transcript()));
        });
  }

  /** One for the process: of two processes, each is given the classes one by one. */
  static Bench bench(ExtensionContext context) {
    return context
        .getStore(StoreScope.LAUNCHER_SESSION, OURS)
        .computeIfAbsent(Bench.class, unused -> new Bench(), Bench.class);
  }
}
