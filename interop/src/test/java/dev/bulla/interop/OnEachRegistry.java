package dev.bulla.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Cells that run once on every registry. The constructor takes the {@link RegistryKind} and may
 * take the {@link Bench}; every test may take a {@link Workplace} of its own.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "{0}")
@EnumSource(value = RegistryKind.class, mode = EnumSource.Mode.EXCLUDE, names = "EMBEDDED")
@ExtendWith({BenchExtension.class, MatrixReport.class})
@interface OnEachRegistry {}
