package subjects

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/needs"
)

// What we leave behind when we are killed ends: the pipe closes as it does then.
func TestGuard(t *testing.T) {
	needs.Program(t, "sleep", "coreutils")
	for _, killed := range []bool{true, false} {
		folder := filepath.Join(t.TempDir(), "left")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("sleep", "60")
		client.Alone(cmd)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		g, err := newGuard(cmd.Process.Pid, folder)
		if err != nil {
			t.Fatal(err)
		}
		if !killed {
			g.release()
			if _, err := os.Stat(folder); err != nil || len(ended) > 0 {
				t.Errorf("a guard that was released did its work: %v", err)
			}
			client.Kill(cmd)
			<-ended
			continue
		}
		g.pipe.Close()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			client.Kill(cmd)
			t.Error("what was left behind goes on")
		}
		g.cmd.Wait()
		if _, err := os.Stat(folder); !os.IsNotExist(err) {
			t.Errorf("the folder is still there: %v", err)
		}
	}
}
