package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// supervise runs a program that knows nothing of a lifeline, and holds the lifeline for it. It
// passes on SIGTERM and SIGINT, and returns the program's exit code (128 + signal, as a shell).
func supervise(command []string) int {
	if len(command) == 0 {
		fmt.Fprintln(os.Stderr, "usage: supervise program [argument...]")
		return 2
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	cut := make(chan struct{})
	go func() {
		awaitEndOfInput()
		close(cut)
	}()

	_ = os.Unsetenv(lifelineVariable)
	child := exec.Command(command[0], command[1:]...)
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	exited, err := start(child)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 127
	}
	var kill <-chan time.Time
	for {
		select {
		case err := <-exited:
			return exitCode(child, err)
		case received := <-signals:
			_ = child.Process.Signal(received)
		case <-cut:
			cut = nil
			_ = child.Process.Signal(syscall.SIGTERM)
			kill = time.After(lifelineGrace)
		case <-kill:
			_ = child.Process.Kill()
		}
	}
}

func exitCode(child *exec.Cmd, err error) int {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if status, ok := child.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return child.ProcessState.ExitCode()
}
