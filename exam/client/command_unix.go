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
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
