package main

import (
	"os/exec"
	"runtime"
	"syscall"
)

// start runs the child on a thread of its own that lives as long as the child, so that the child
// can also have a parent-death signal: it dies with its supervisor even if that is killed.
func start(child *exec.Cmd) (<-chan error, error) {
	child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	exited := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		err := child.Start()
		started <- err
		if err == nil {
			exited <- child.Wait()
		}
	}()
	return exited, <-started
}
