package house_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkStart measures `statute serve` as a process with its state on disk,
// synced always: from its start until its first answer out of that state, and
// what it occupies when it has been idle for a second.
func BenchmarkStart(b *testing.B) {
	program := filepath.Join(b.TempDir(), "statute")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/statute").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	for _, how := range []string{"new folder", "folder in use before"} {
		b.Run(how, func(b *testing.B) {
			data := b.TempDir()
			var took time.Duration
			var resident float64
			if how != "new folder" {
				startOnce(b, program, data)
			}
			for i := 0; b.Loop(); i++ {
				if how == "new folder" {
					data = filepath.Join(b.TempDir(), fmt.Sprint(i))
				}
				t, r := startOnce(b, program, data)
				took += t
				resident = max(resident, r)
			}
			b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "ms/start")
			b.ReportMetric(resident, "MB-idle")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func startOnce(b *testing.B, program, data string) (took time.Duration, resident float64) {
	// A port that is free now is still free in a moment, most likely.
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	cmd := exec.Command(program, "serve", "--listen", address, "--data", data)
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	}()
	for {
		answer, err := http.Get("http://" + address + "/lab/depot/none")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode != 404 {
				b.Fatalf("got %d", answer.StatusCode)
			}
			break
		}
		if time.Since(begun) > 20*time.Second {
			b.Fatal(err)
		}
		time.Sleep(2 * time.Millisecond)
	}
	took = time.Since(begun)
	time.Sleep(time.Second)
	return took, residentMB(b, cmd.Process.Pid)
}

func residentMB(b *testing.B, pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Logf("no figure for memory on this system: %v", err)
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kB float64
		if _, err := fmt.Sscanf(line, "VmRSS: %f kB", &kB); err == nil {
			return kB / 1024
		}
	}
	return 0
}
