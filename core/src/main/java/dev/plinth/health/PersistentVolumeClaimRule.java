package dev.plinth.health;

import static dev.plinth.health.Health.current;
import static dev.plinth.health.Health.failed;
import static dev.plinth.health.Health.inProgress;

/**
 * A claim is there to be bound. Whether its storage class binds at once or waits for a pod does not
 * show on the claim.
 */
final class PersistentVolumeClaimRule implements Rule {

  @Override
  public Health judge(LiveObject object) {
    String volume = LiveObject.text(object.spec().path("volumeName"));
    return switch (LiveObject.text(object.status().path("phase"))) {
      case "Bound" -> current("Bound", "bound to volume '%s'".formatted(volume));
      case "Lost" -> failed("Lost", "its volume '%s' is gone".formatted(volume));
      default -> inProgress("NotBound", "waiting to be bound to a volume" + storageClass(object));
    };
  }

  private static String storageClass(LiveObject object) {
    String name = LiveObject.text(object.spec().path("storageClassName"));
    return name.isBlank() ? "" : " of storage class '%s'".formatted(name);
  }
}
