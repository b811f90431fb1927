//go:build !unix

package client

import "os/exec"

// alone does nothing: there are no process groups to be had.
func alone(*exec.Cmd) {}

func kill(cmd *exec.Cmd) error { return cmd.Process.Kill() }
