//go:build !linux

package main

import "os/exec"

func start(child *exec.Cmd) (<-chan error, error) {
	exited := make(chan error, 1)
	if err := child.Start(); err != nil {
		return nil, err
	}
	go func() { exited <- child.Wait() }()
	return exited, nil
}
