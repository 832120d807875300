package dev.plinth.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class a running control plane.
 *
 * <p>Constructors and methods can have parameters of type {@link
 * dev.plinth.controlplane.ControlPlane}, {@link io.fabric8.kubernetes.client.KubernetesClient}
 * (with all rights; not to be closed), and {@link java.nio.file.Path} with {@link Kubeconfig}.
 *
 * <pre>{@code
 * @WithControlPlane(nodes = 1)
 * class MyTest {
 *   @Test
 *   void works(KubernetesClient client, @Kubeconfig Path kubeconfig) { ... }
 * }
 * }</pre>
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(ControlPlaneExtension.class)
public @interface WithControlPlane {

  /**
   * Whether the class has a control plane of its own, which ends with it. Otherwise it is the one
   * that all classes of this JVM share, with what they have left in it.
   */
  boolean fresh() default false;

  /**
   * How many simulated nodes there are at least: {@code node-1} and so on, ready before the first
   * test.
   */
  int nodes() default 0;
}
