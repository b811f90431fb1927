//go:build unix

package client

import (
	"os/exec"
	"syscall"
)

// alone puts the command into a process group of its own, so that whatever it
// starts ends with it.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if cmd.Cancel != nil {
		cmd.Cancel = func() error { return kill(cmd) }
	}
}

// kill ends a command that was put alone, with all that it started.
func kill(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
