package subjects

import (
	"fmt"
	"io"
	"os/exec"
	"strconv"

	"github.com/statute-http/statute/exam/client"
)

// A guard ends a process group, and removes a folder, when we are gone without
// having done so: killed, or ended by a test's time limit. It is a shell that
// reads from a pipe which ends with us.
type guard struct {
	cmd  *exec.Cmd
	pipe io.Closer
}

func newGuard(group int, folder string) (*guard, error) {
	cmd := exec.Command("sh", "-c", `read -r gone; kill -KILL "-$1"; rm -rf -- "$2"`, "guard", strconv.Itoa(group), folder)
	client.Alone(cmd) // or what kills our group would take it along
	pipe, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("start a guard: %w", err)
	}
	return &guard{cmd, pipe}, nil
}

// release ends the guard, before the group that it guards may be another's.
func (g *guard) release() {
	client.Kill(g.cmd)
	g.cmd.Wait()
	g.pipe.Close()
}
