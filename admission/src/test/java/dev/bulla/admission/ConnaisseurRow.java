package dev.bulla.admission;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Which rows of Connaisseur's suite a test asserts: {@code H5}. A row may have several tests; that
 * each has one is for {@link ConnaisseurRowsTest}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface ConnaisseurRow {

  String[] value();
}
