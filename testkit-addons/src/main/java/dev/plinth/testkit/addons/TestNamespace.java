package dev.plinth.testkit.addons;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the {@link String} parameter that receives the name of a namespace which is the test's own:
 * made for it and deleted after it, so that tests on one cluster do not meet, in parallel or one
 * after the other.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface TestNamespace {}
