package main

import (
	"io"
	"os"
	"syscall"
	"time"
)

const (
	// lifelineVariable asks a program to end when its standard input does.
	lifelineVariable = "PLINTH_LIFELINE"
	// lifelineGrace is how long a program may take to end by itself after its lifeline was cut.
	lifelineGrace = 3 * time.Second
)

// holdLifeline ties this process to the one that started it, if that one asked for it: standard
// input is a pipe that nobody writes to, and the kernel closes its other end when the starter is
// gone, however it went. A parent-death signal would not do, for it follows the thread that
// started this process.
func holdLifeline() {
	if os.Getenv(lifelineVariable) == "" {
		return
	}
	_ = os.Unsetenv(lifelineVariable)
	go func() {
		awaitEndOfInput()
		_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
		time.Sleep(lifelineGrace)
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}()
}

// awaitEndOfInput returns when standard input ends or fails: both mean that the starter is gone.
func awaitEndOfInput() {
	_, _ = io.Copy(io.Discard, os.Stdin)
}
