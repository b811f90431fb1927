//go:build !unix

package client

import "os/exec"

// Alone does nothing: there are no process groups to be had.
func Alone(*exec.Cmd) {}

// Kill ends a command.
func Kill(cmd *exec.Cmd) error { return cmd.Process.Kill() }
