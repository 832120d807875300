package dev.plinth.testkit.addons;

import dev.plinth.addon.Addon;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class a cluster with add-ons that are ready: a control plane with simulated
 * nodes and a Plinth that keeps the add-ons in it. All classes of a JVM that ask for the same share
 * one; it ends after the last test of all.
 *
 * <p>Constructors and methods can have the parameters that {@link PlinthExtension} tells of.
 *
 * <pre>{@code
 * @WithPlinth(addons = CoreDnsAddon.class)
 * class MyTest {
 *   @Test
 *   void works(KubernetesClient client, @TestNamespace String namespace) { ... }
 * }
 * }</pre>
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(PlinthExtension.class)
public @interface WithPlinth {

  /** The add-ons, which have a constructor without parameters; by default all on the class path. */
  Class<? extends Addon>[] addons() default {};

  /** Flags of the server as its user types them, e.g. {@code --cluster-domain=example.org}. */
  String[] args() default {};

  /** How many simulated nodes there are: {@code node-1} and so on. */
  int nodes() default 1;
}
