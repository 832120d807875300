package dev.plinth.controlplane.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolboxTest {
  @TempDir private Path root;
  private FakeTools fakes;

  @BeforeEach
  void create() {
    fakes = new FakeTools(root);
  }

  @Test
  void whatTheUserProvidesComesFirst() throws IOException {
    fakes.addGo();
    fakes.addAsset(Tool.ETCD, fakes.toolbox().version(Tool.ETCD));

    Executable etcd = fakes.toolbox().resolve(Tool.ETCD);

    assertThat(etcd).isEqualTo(new Executable(fakes.assets().resolve("etcd"), false));
    assertThat(fakes.builds()).doesNotExist();
  }

  @Test
  void anotherPatchVersionOfTheUsersIsGoodEnough() throws IOException {
    String pinned = fakes.toolbox().version(Tool.KUBE_APISERVER);
    fakes.addAsset(Tool.KUBE_APISERVER, pinned.replaceFirst("\\d+$", "99"));

    assertThat(fakes.toolbox().resolve(Tool.KUBE_APISERVER).path()).startsWith(fakes.assets());
  }

  @Test
  void whatTheUserDoesNotProvideComesFromABuild() throws IOException {
    fakes.addGo();
    fakes.releaseBuilds();
    fakes.addAsset(Tool.ETCD, "2.3.4");

    Executable etcd = fakes.toolbox().resolve(Tool.ETCD);
    Executable scheduler = fakes.toolbox().resolve(Tool.KUBE_SCHEDULER);

    assertThat(etcd.path()).startsWith(fakes.cache()).hasFileName("etcd").isExecutable();
    assertThat(etcd.holdsLifeline()).isTrue();
    assertThat(scheduler.path()).hasSameBinaryContentAs(etcd.path());
    assertThat(fakes.builds()).as("one build for all programs").content().hasLineCount(1);
  }

  @Test
  void whatWasBuiltIsNotBuiltAgain() throws IOException {
    fakes.addGo();
    fakes.releaseBuilds();
    Path built = fakes.toolbox().resolve(Tool.ETCD).path();

    fakes.addBrokenGo();

    assertThat(fakes.toolbox().resolve(Tool.ETCD).path()).isEqualTo(built);
  }

  @Test
  void aCachedProgramOfAnotherVersionIsReplaced() throws IOException {
    fakes.addGo();
    fakes.releaseBuilds();
    Path built = fakes.toolbox().resolve(Tool.ETCD).path();
    Files.writeString(built, "#!/bin/sh\necho 0.0.1\n");

    assertThat(fakes.toolbox().resolve(Tool.ETCD).path()).isEqualTo(built);
    assertThat(built).content().doesNotContain("0.0.1");
  }

  @Test
  void aBuildThatGivesAnotherVersionIsRefused() throws IOException {
    fakes.addGo("0.0.1", "0.0.1");
    fakes.releaseBuilds();

    assertThatThrownBy(() -> fakes.toolbox().resolve(Tool.ETCD))
        .isInstanceOf(ToolException.class)
        .hasMessageContaining("The build gave a etcd that is not version");
    assertThat(fakes.cache()).isDirectoryNotContaining(Files::isDirectory);
  }

  @Test
  void theThreeWaysAreNamedWhenThereIsNone() throws IOException {
    fakes.addAsset(Tool.KUBE_APISERVER, "1.2.3");
    Toolbox toolbox =
        Toolbox.of(
            Map.of("PATH", "/nowhere", "KUBEBUILDER_ASSETS", fakes.assets().toString()),
            fakes.home(),
            line -> {});

    assertThatThrownBy(() -> toolbox.resolve(Tool.KUBE_APISERVER))
        .isInstanceOf(ToolException.class)
        .hasMessageContaining("kube-apiserver " + toolbox.version(Tool.KUBE_APISERVER))
        .hasMessageContaining("KUBEBUILDER_ASSETS")
        .hasMessageContaining("is version 1.2.3, not")
        .hasMessageContaining(fakes.cache().toString())
        .hasMessageContaining("go command on the PATH");
  }

  @Test
  void aFailedBuildSaysWhatGoSaidAndLeavesNothing() throws IOException {
    fakes.addBrokenGo();

    assertThatThrownBy(() -> fakes.toolbox().resolve(Tool.KWOK))
        .isInstanceOf(ToolException.class)
        .hasMessageContaining("status 3")
        .hasMessageEndingWith("main.go:1: something is wrong");
    assertThat(fakes.cache()).isDirectoryNotContaining(Files::isDirectory);
  }

  @Test
  void aBuildHasALimit() throws IOException {
    fakes.addGo(); // and is never released

    assertThatThrownBy(
            () -> fakes.toolbox().withBuildLimit(Duration.ofSeconds(1)).resolve(Tool.ETCD))
        .isInstanceOf(ToolException.class)
        .hasMessageContaining("was ended after 1 s");
  }

  @Test
  void progressIsReported() throws IOException {
    fakes.addGo();
    fakes.releaseBuilds();
    List<String> lines = new ArrayList<>();

    Toolbox.of(fakes.environment(), fakes.home(), lines::add).resolve(Tool.ETCD);

    assertThat(lines).first().asString().startsWith("Building control-plane ");
    assertThat(lines).last().asString().startsWith("Built control-plane ");
  }

  @Test
  void threadsThatAskAtOnceGetOneBuild() throws Exception {
    fakes.addGo();
    CountDownLatch oneWaits = new CountDownLatch(1);
    Toolbox one = Toolbox.of(fakes.environment(), fakes.home(), line -> noteWait(line, oneWaits));
    Toolbox other = Toolbox.of(fakes.environment(), fakes.home(), line -> noteWait(line, oneWaits));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Executable> first = threads.submit(() -> one.resolve(Tool.ETCD));
      Future<Executable> second = threads.submit(() -> other.resolve(Tool.ETCD));
      oneWaits.await();
      fakes.releaseBuilds();

      assertThat(first.get()).isEqualTo(second.get());
      assertThat(fakes.builds()).content().hasLineCount(1);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void noteWait(String line, CountDownLatch oneWaits) {
    if (line.startsWith("Waiting for another process that builds control-plane")) {
      oneWaits.countDown();
    }
  }

  @Test
  void whatAKilledBuildHasLeftIsRemoved() throws IOException {
    fakes.addGo();
    fakes.releaseBuilds();
    Path built = fakes.toolbox().resolve(Tool.ETCD).path().getParent();
    ToolCache.delete(built);
    Path left =
        Files.createDirectories(
            built.resolveSibling("." + built.getFileName() + ".work").resolve("source"));
    Files.createFile(left.resolve("half"));

    fakes.toolbox().resolve(Tool.ETCD);

    assertThat(left.getParent()).doesNotExist();
    assertThat(built).isDirectory();
  }
}
