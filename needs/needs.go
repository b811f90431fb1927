// Package needs is for tests that need what a machine may lack: a program that
// others wrote, /proc, the right to mount a disk. Such a test is skipped, and says
// what is missing; where STATUTE_REQUIRE_TOOLS=1 says that nothing may be skipped,
// as .ci/run does, it fails.
//
// No test skips itself otherwise, but one that is long, under -short or without
// the flag that asks for it: the census looks.
package needs

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// Program returns the path of a program. Debian's package of that name has it.
func Program(t testing.TB, name, debian string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, "%s is not installed: apt-get install %s", name, debian)
	}
	return path
}

// Missing ends a test for which something is missing, which it says.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	what := fmt.Sprintf(format, args...)
	if os.Getenv("STATUTE_REQUIRE_TOOLS") == "1" {
		t.Fatal(what)
	}
	t.Skip("SKIPPED, nothing was tested: " + what)
}
