//go:build unix

package client

import (
	"os/exec"
	"syscall"
)

// Alone puts the command into a process group of its own, so that whatever it
// starts ends with it.
func Alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if cmd.Cancel != nil {
		cmd.Cancel = func() error { return Kill(cmd) }
	}
}

// Kill ends a command that was put Alone, with all that it started.
func Kill(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
