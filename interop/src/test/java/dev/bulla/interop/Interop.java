package dev.bulla.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Cells that need no registry. The constructor may take the {@link Bench}; every test may take a
 * {@link Workplace} of its own.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith({BenchExtension.class, MatrixReport.class})
@interface Interop {}
